import type { Page } from "@playwright/test";
import { expect, test } from "./people.ts";
import type { Person } from "./person.ts";

/** Opens what there is about a contact, by what they are called here. */
async function looksAt(person: Person, name: string): Promise<void> {
  const { page } = person;
  await page.goto("/people");
  await page.getByRole("list", { name: "Your contacts" }).getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { name, level: 3 })).toBeVisible();
}

async function opensSettings(page: Page, section: string): Promise<void> {
  await page.goto("/settings");
  await page.getByRole("link", { name: section }).click();
}

async function turns(person: Person, name: string, on: boolean): Promise<void> {
  await opensSettings(person.page, "Privacy");
  const one = person.page.getByRole("switch", { name });
  await one.click();
  await expect(one).toBeChecked({ checked: on });
}

/** Says yes in the dialog that asks. */
async function confirms(page: Page, action: string): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
}

test("a person calls, mutes, blocks and lets in again whom they know, and ends it, on a phone and a desktop", async ({
  people,
}) => {
  const [alice, bob] = [await people.join("Alice", { phone: true }), await people.join("Bob")];
  await people.befriend(alice, bob);
  await alice.signsIn();
  await bob.signsIn();
  await bob.seesPresence("online", { of: alice });
  await bob.opensChatWith(alice);

  await looksAt(alice, "Bob");
  await alice.page.getByRole("textbox", { name: "Your name for them" }).fill("Bobby");
  await alice.page.getByRole("button", { name: "Save" }).click();
  await expect(alice.page.getByRole("heading", { name: "Bobby", level: 3 })).toBeVisible();
  await expect(alice.page.getByText("Calls themselves Bob")).toBeVisible();
  await alice.page.getByRole("switch", { name: "Mute" }).click();
  await expect(alice.page.getByRole("switch", { name: "Mute" })).toBeChecked();
  await alice.page.goto("/");
  await expect(alice.tab.conversationWith("Bobby").getByRole("img", { name: "Muted" })).toBeVisible();

  await looksAt(alice, "Bobby");
  await alice.page.getByRole("button", { name: "Block" }).click();
  await confirms(alice.page, "Block");
  await expect(alice.page.getByText("You have blocked this person.")).toBeVisible();
  // Bob is told nothing: what he writes is sent, and where Alice is he does not see any more.
  await expect(bob.tab.conversationWith("Alice").getByLabel("online")).toBeHidden();
  await bob.says("can you hear me?", { to: alice });
  await bob.seesTick("sent", "can you hear me?");
  await alice.page.getByRole("link", { name: "Open the conversation" }).click();
  // For a moment both pages are there, one sliding over the other.
  await expect(alice.page.getByRole("heading", { name: "Bobby", level: 3 })).toBeHidden();
  await expect(alice.page.getByText("You have blocked this person.")).toBeVisible();
  await expect(alice.tab.field).toBeHidden();
  await expect(alice.tab.message("can you hear me?")).toBeHidden();
  await bob.seesTick("sent", "can you hear me?");

  await alice.page.getByRole("button", { name: "Unblock" }).click();
  await confirms(alice.page, "Unblock");
  await alice.sees("can you hear me?");
  await bob.seesTick("read", "can you hear me?");
  await bob.seesPresence("online", { of: alice });

  await looksAt(alice, "Bobby");
  await alice.page.getByRole("button", { name: "Remove from contacts" }).click();
  await confirms(alice.page, "Remove");
  await expect(alice.page.getByText("Nobody here yet")).toBeVisible();
  await expect(bob.page.getByText("You are no longer contacts.")).toBeVisible();
  await bob.sees("can you hear me?");
  await expect(bob.tab.field).toBeHidden();
  await bob.page.getByRole("button", { name: "Remove the conversation" }).click();
  await confirms(bob.page, "Remove");
  await expect(bob.page.getByText("Nobody to talk to yet")).toBeVisible();
});

test("who hides that they are here, or that they have read, does not see it of others", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.seesPresence("online", { of: alice });
  await turns(alice, "Show when I am here", false);
  for (const [person, other] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const row = person.tab.conversationWith(other.name);
    await expect(row).toBeVisible();
    for (const state of ["online", "away", "offline"]) await expect(row.getByLabel(state)).toHaveCount(0);
  }
  await bob.reloads();
  await expect(bob.tab.conversationWith("Alice")).toBeVisible();
  await expect(bob.tab.conversationWith("Alice").getByLabel("offline")).toHaveCount(0);
  await turns(alice, "Show when I am here", true);
  await bob.seesPresence("online", { of: alice });
  await alice.seesPresence("online", { of: bob });

  await turns(alice, "Send read receipts", false);
  await alice.opensChatWith(bob);
  await bob.says("seen?", { to: alice });
  await alice.sees("seen?");
  await alice.says("not telling", { to: bob });
  await bob.sees("not telling");
  // Both have it on their screens, and neither is told.
  await bob.seesTick("delivered", "seen?");
  await alice.seesTick("delivered", "not telling");
  await turns(alice, "Send read receipts", true);
  await alice.opensChatWith(bob);
  await bob.says("and now?", { to: alice });
  await bob.seesTick("read", "and now?");
  await alice.says("now I do", { to: bob });
  await alice.seesTick("read", "now I do");
});

test("a new name and colour of one's own reach the other devices and everybody who knows one", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  const laptop = await people.elsewhere(alice);
  await laptop.signsIn();
  await opensSettings(laptop.page, "Profile");

  await opensSettings(alice.page, "Profile");
  await alice.page.getByRole("textbox", { name: "Your name" }).fill("Alicia");
  const colour = alice.page.getByRole("radio", { name: "Colour 3" });
  await colour.check({ force: true });
  await alice.page.getByRole("button", { name: "Save" }).click();
  await expect(alice.page.getByText("Saved.")).toBeVisible();

  await expect(bob.tab.conversationWith("Alicia")).toBeVisible();
  const hue = await alice.page.evaluate(async () => (await (await fetch("/api/me")).json()).hue);
  const avatar = bob.tab.conversationWith("Alicia").locator(".avatar");
  await expect(avatar).toHaveAttribute("style", new RegExp(`--hue: ${hue}deg`));
  await opensSettings(laptop.page, "Profile");
  await expect(laptop.page.getByRole("textbox", { name: "Your name" })).toHaveValue("Alicia");
});
