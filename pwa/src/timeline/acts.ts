/** What a person can do with a message, in the order in which it is offered. */
import type { EpochMs } from "#protocol/ids.ts";
import { EDIT_WITHIN_MS } from "#protocol/limits.ts";
import type { TimelineItem } from "../stores/timeline.ts";

/** takeBack and discard are for what was not accepted yet. */
export type Act =
  "reply" | "react" | "copy" | "forward" | "edit" | "details" | "remove" | "takeBack" | "discard";

/** `now` by the server's clock. */
export function actsOf(item: TimelineItem, now: EpochMs): Act[] {
  if (item.unsent) return item.unsent.mayBeThere ? ["copy", "forward"] : UNSENT;
  if (item.deleted) return ["details", "remove"];
  return canEdit(item, now) ? ACCEPTED : ACCEPTED.filter((act) => act !== "edit");
}

export function canEdit({ mine, seq, deleted, at }: TimelineItem, now: EpochMs): boolean {
  return mine && seq !== null && !deleted && now - at < EDIT_WITHIN_MS;
}

const UNSENT: Act[] = ["copy", "forward", "takeBack", "discard"];
const ACCEPTED: Act[] = ["reply", "react", "copy", "forward", "edit", "details", "remove"];
