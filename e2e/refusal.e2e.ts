import { expect, test } from "./people.ts";
import { sendRaw } from "./raw.ts";

test("a stranger's message is refused, exactly as one to nobody", async ({ people }) => {
  const [alice, bob] = await people.pair();
  const mallory = await people.join("Mallory");
  await bob.signsIn();
  await mallory.signsIn();
  const toBob = await sendRaw(mallory.page, { to: await bob.id(), text: "buy this" });
  const toNobody = await sendRaw(mallory.page, { to: crypto.randomUUID(), text: "buy this" });
  expect(toBob).toMatchObject({ type: "refused", code: "not_a_contact" });
  expect({ ...toNobody, cid: null }).toEqual({ ...toBob, cid: null });
  await alice.signsIn();
  await alice.says("only me here", { to: bob });
  await bob.opensChatWith(alice);
  await bob.sees("only me here");
  await expect(bob.page.getByText("buy this")).toHaveCount(0);
  await expect(bob.tab.conversationWith("Mallory")).toHaveCount(0);
});
