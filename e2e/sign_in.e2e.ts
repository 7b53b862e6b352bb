import { expect, test } from "./people.ts";

const TRIES = 5;

test("a person signs in with the code from the mail and sees their contacts", async ({ people }) => {
  const [alice] = await people.pair();
  await alice.signsIn();
  await expect(alice.tab.conversationWith("Bob")).toBeVisible();
});

test("a number that nobody has gets the same page as any other, and no way in", async ({ people }) => {
  const stranger = await people.join("Stranger");
  const { page } = await stranger.opens();
  await page.getByRole("textbox", { name: "Phone number" }).fill("+442079460000");
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByRole("textbox", { name: "Code" }).fill("123456");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(stranger.tab.conversations).toBeHidden();
});

test("five wrong codes lock the code: the right one does not help any more", async ({ people }) => {
  const alice = await people.join("Alice");
  const code = await alice.asksForCode();
  const wrong = code === "000000" ? "000001" : "000000";
  for (let tried = 0; tried < TRIES; tried++) {
    const answer = alice.page.waitForResponse((response) => response.url().endsWith("/api/auth/session"));
    await alice.entersCode(wrong);
    expect((await answer).ok()).toBe(false);
    await expect(alice.page.getByRole("alert")).toBeVisible();
  }
  const answer = alice.page.waitForResponse((response) => response.url().endsWith("/api/auth/session"));
  await alice.entersCode(code);
  expect(await (await answer).json()).toMatchObject({ code: "code_locked" });
  await expect(alice.page.getByRole("alert")).toContainText(/too many/i);
});

test("signing out in one tab takes the other one to the sign-in page", async ({ people }) => {
  const alice = await people.join("Alice");
  await alice.signsIn();
  const second = await alice.opensSecondTab();
  await second.isSignedIn();
  await alice.signsOut();
  await second.isSignedOut();
});

test("after signing out the device holds nothing: opening the app asks to sign in", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.says("between us", { to: bob });
  await alice.seesTick("sent", "between us");
  await alice.signsOut();
  await alice.reloads();
  await alice.tab.isSignedOut();
  await expect(alice.page.getByText("between us")).toHaveCount(0);
});

test("a person finds this device among those they are signed in on", async ({ people }) => {
  const alice = await people.join("Alice");
  await alice.signsIn();
  await alice.page.getByRole("button", { name: "Account menu" }).click();
  await alice.page.getByRole("menuitem", { name: "Settings" }).click();
  await alice.page.getByRole("link", { name: "Devices" }).click();
  const devices = alice.page.getByRole("list", { name: "Signed-in devices" });
  await expect(devices.getByRole("listitem")).toHaveCount(1);
  await expect(devices).toContainText("This device");
  await expect(devices).toContainText("Chrome");
});
