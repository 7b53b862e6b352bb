import { expect } from "@playwright/test";
import { test } from "./people.ts";
import { sendMany } from "./raw.ts";

test("finds what was said, wherever it is, and goes there", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await bob.signsIn();
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`);
  await sendMany(bob.page, { to: await bob.idOf(alice), texts: ["The café opens at nine", ...lines] });

  // Alice's device begins with the newest page: what she looks for is on the server only.
  await alice.signsIn();
  await alice.tab.searches("CAFE");
  await alice.tab.finds("The café opens at nine");
  await alice.tab.opensFound("The café opens at nine");
  await alice.sees("The café opens at nine");
  await expect(alice.page).not.toHaveURL(/at=/);

  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.tab.searches("line 55");
  await alice.tab.finds("line 55");
  await expect(alice.page.getByText("found among what is on this device")).toBeVisible();
  await alice.tab.opensFound("line 55");
  await alice.sees("line 55");
  await alice.tab.searches("nobody said this");
  await expect(alice.page.getByRole("heading", { name: "Nothing found" })).toBeVisible();
  await alice.page.keyboard.press("Escape");
  await expect(alice.tab.conversationWith("Bob")).toBeVisible();
});
