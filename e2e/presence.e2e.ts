import { PRESENCE_GRACE_MS } from "#protocol/limits.ts";
import { test } from "./people.ts";

/** On top of the grace: the server's look at ended leases, the way to the other instance, a busy machine. */
const MARGIN_MS = 15_000;

test("a contact comes online when they sign in and goes offline, after the grace, when they leave", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.seesPresence("offline", { of: bob });
  await bob.signsIn();
  await alice.seesPresence("online", { of: bob });
  await bob.leaves();
  await alice.seesPresence("offline", { of: bob, withinMs: PRESENCE_GRACE_MS + MARGIN_MS });
});
