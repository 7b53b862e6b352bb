import type { Locator, Page } from "@playwright/test";
import { codeFromMail } from "./mailbox.ts";
import { expect, test } from "./people.ts";
import type { Person } from "./person.ts";

/** Where an invite's link leads; a person gets to it on whatever instance their browser talks to. */
const PLACE = /\/invite#([\w-]{43})$/;

/** Makes an invite in the app, and returns where its link leads. */
async function invites(person: Person): Promise<string> {
  const { page } = person;
  await page.getByRole("link", { name: "People" }).click();
  await page.getByRole("link", { name: "Invite", exact: true }).click();
  return makes(page);
}

async function makes(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Make an invitation" }).click();
  await expect(page.getByRole("img", { name: "The link as a QR code" })).toBeVisible();
  const link = await page.getByRole("textbox", { name: "Link of the invitation" }).inputValue();
  expect(link).toMatch(PLACE);
  return `/invite#${PLACE.exec(link)?.[1]}`;
}

function openInvites(page: Page): Locator {
  return page.getByRole("list", { name: "Open invitations" }).getByRole("listitem");
}

/** What the page says to whoever opens the link, as one text. */
async function pageOf(person: Person, place: string): Promise<string> {
  await person.goesTo(place);
  await expect(person.page.getByRole("heading", { name: "This invitation is not valid" })).toBeVisible();
  return await person.page.getByRole("main").innerText();
}

test("somebody comes in by a link, on a phone, and both talk at once; nobody else comes in by it", async ({
  people,
}) => {
  const alice = await people.join("Alice");
  await alice.signsIn();
  await alice.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const place = await invites(alice);
  await alice.page.getByRole("button", { name: "Copy the link" }).click();
  await expect(alice.page.getByText("Copied.")).toBeVisible();
  expect(await alice.page.evaluate(() => navigator.clipboard.readText())).toContain(place);
  await expect(openInvites(alice.page)).toHaveCount(1);

  const zoe = await people.visit("Zoe", { phone: true });
  await zoe.goesTo("/");
  const asked: string[] = [];
  zoe.page.on("request", (request) => asked.push(request.url(), request.headers()["referer"] ?? ""));
  await zoe.goesTo(place);
  await expect(zoe.page.getByRole("heading", { name: "Alice invites you" })).toBeVisible();
  await zoe.page.getByRole("button", { name: "Send code" }).click();
  await expect(zoe.page.getByRole("alert")).toHaveText("Please enter your name.");
  await zoe.page.getByRole("textbox", { name: "Your name" }).fill("Zoe");
  await zoe.page.getByRole("textbox", { name: "Phone number" }).fill(zoe.phone);
  await zoe.page.getByRole("textbox", { name: "Email address" }).fill(zoe.email);
  const since = Date.now();
  await zoe.page.getByRole("button", { name: "Send code" }).click();
  await expect(zoe.page.getByText(`A mail is on its way to ${zoe.email}.`)).toBeVisible();
  // The phone ends the page while its person looks into the mailbox.
  await zoe.reloads();
  await zoe.entersCode(await codeFromMail({ at: zoe.mailbox, to: zoe.email, since }));
  await zoe.tab.isSignedIn();
  const [, token = ""] = PLACE.exec(place) ?? [];
  expect(asked.filter((address) => address.includes(token))).toEqual([]);
  expect(await zoe.tab.everythingKept()).not.toContain(token);

  await expect(alice.page.getByText("Your invitation was used.")).toBeVisible();
  await expect(openInvites(alice.page)).toHaveCount(0);
  await zoe.says("here I am", { to: alice });
  await alice.opensChatWith(zoe);
  await alice.sees("here I am");
  await alice.says("welcome", { to: zoe });
  await zoe.sees("welcome");

  // Used, revoked, forged: the same page to the letter.
  await alice.page.getByRole("link", { name: "People" }).click();
  await alice.page.getByRole("link", { name: "Invite", exact: true }).click();
  const revoked = await makes(alice.page);
  await alice.page.getByRole("button", { name: /^Revoke the invitation/ }).click();
  await alice.page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(openInvites(alice.page)).toHaveCount(0);
  const eve = await people.visit("Eve");
  const pages = [place, revoked, `/invite#${"x".repeat(43)}`, "/invite"];
  const seen = new Set<string>();
  for (const page of pages) seen.add(await pageOf(eve, page));
  expect(seen.size).toBe(1);
});

test("who has an account is asked, and a yes makes them contacts, also when they sign in on the way", async ({
  people,
}) => {
  const [alice, bob, carol] = [
    await people.join("Alice"),
    await people.join("Bob"),
    await people.join("Carol"),
  ];
  await alice.signsIn();
  await bob.signsIn();
  await expect(bob.page.getByText("Nobody to talk to yet")).toBeVisible();
  const place = await invites(alice);

  await bob.goesTo(place);
  const asks = bob.page.getByRole("heading", { name: "Connect with Alice?" });
  await expect(asks).toBeVisible();
  await bob.page.getByRole("link", { name: "No", exact: true }).click();
  await bob.tab.isSignedIn();
  await bob.goesTo(place);
  await bob.page.getByRole("button", { name: "Yes, connect" }).click();
  await expect(bob.page.getByRole("heading", { name: "Alice", exact: true })).toBeVisible();
  await bob.says("found you", { to: alice });
  await alice.opensChatWith(bob);
  await alice.sees("found you");

  const second = await invites(alice);
  await carol.goesTo(second);
  await carol.page.getByRole("link", { name: "I have an account already" }).click();
  await carol.signsInHere();
  await expect(carol.page.getByRole("heading", { name: "Connect with Alice?" })).toBeVisible();
  await carol.page.getByRole("button", { name: "Yes, connect" }).click();
  await carol.says("me too", { to: alice });
  await alice.opensChatWith(carol);
  await alice.sees("me too");

  // One's own is for somebody else.
  const third = await invites(alice);
  await alice.goesTo(third);
  await alice.page.getByRole("button", { name: "Yes, connect" }).click();
  await expect(alice.page.getByRole("alert")).toContainText("This is your own invitation.");
});
