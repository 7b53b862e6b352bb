/** A small world to look at: somebody with contacts of every kind, and a conversation that has some of everything. */
import { expect } from "@playwright/test";
import type { People } from "./people.ts";
import type { Person } from "./person.ts";
import { type Names, NAMES, TALK } from "./talk.ts";

export interface Scene {
  /** Whose screens are looked at. Has a browser, and is not signed in yet. An administrator. */
  alice: Person;
  /** With whom she talks. */
  bob: Person;
  /** Has written twice. */
  carol: Person;
  /** To whom nobody has said anything yet. */
  dan: Person;
  /** Long names, in two directions. Nobody of them is at a browser. */
  others: Person[];
}

export interface SceneOptions {
  phone?: boolean;
  /** Everybody's system asks for less motion. */
  still?: boolean;
  /** Nobody talks, so only Alice is at a browser. */
  silent?: boolean;
  names?: Partial<Names>;
}

export async function setScene(
  people: People,
  { phone = false, still = false, silent = false, names = {} }: SceneOptions = {},
): Promise<Scene> {
  const called = { ...NAMES, ...names };
  const [alice, bob, carol, dan, ...others] = await Promise.all([
    people.join(called.alice, { phone, still }),
    // Nobody looks at theirs, and each would keep a copy of the whole app.
    ...[called.bob, called.carol, called.dan, ...called.others].map((name) =>
      people.join(name, { still, withoutWorker: true }),
    ),
  ]);
  if (!bob || !carol || !dan) throw new Error("Setting a scene: somebody did not come.");
  for (const contact of [...others, dan, carol, bob]) await people.befriend(alice, contact);
  await people.promote(alice);
  if (!silent) await Promise.all([bob.signsIn(), carol.signsIn()]);
  return { alice, bob, carol, dan, others };
}

/** What is said when Alice, Bob and Carol are signed in. Ends in the conversation of Alice and Bob. */
export async function smallTalk({ alice, bob, carol }: Scene, talk = TALK): Promise<void> {
  await carol.writesMany([talk.tent, talk.saturday], { to: alice });
  await alice.says(talk.parts, { to: bob });
  await bob.says(talk.chain, { to: alice });
  await bob.says(talk.wheels, { to: alice });
  await alice.says(talk.manual, { to: bob });
  // A text with a link is in more than one piece, and a link has a menu of its own.
  const [beforeLink = ""] = talk.manual.split("https");
  await bob.tab.messages.getByText(beforeLink).click({ button: "right", position: { x: 12, y: 12 } });
  await bob.page.getByRole("menu").getByRole("menuitem", { name: "Reply" }).click();
  await bob.says(talk.thanks, { to: alice });
  await bob.tab.reactsTo(talk.parts, "❤️");
  await alice.sees(talk.thanks);
  await alice.says(talk.ride, { to: bob });
  await alice.says(talk.tea, { to: bob });
  await alice.seesTick("read", talk.tea);
  await expect(alice.tab.messages.getByRole("button", { name: /^❤️ from / })).toBeVisible();
}
