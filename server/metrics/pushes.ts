/** What push services said of notifications. */
import type { Registry } from "prom-client";
import { createTally } from "./tally.ts";

/** Of the push services' own: taken, nobody there any more, turned down for good, not just now. */
type PushResult = "sent" | "gone" | "refused" | "later";

/** Counts a push by its result. */
export function createPushes(registry: Registry): (result: PushResult) => void {
  const pushes = createTally(registry, {
    name: "parley_pushes_total",
    help: "Notifications handed to push services, by what these said",
    label: "result",
    values: ["sent", "gone", "refused", "later"],
  });
  return (result) => void (pushes[result].count += 1);
}
