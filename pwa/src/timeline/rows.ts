/**
 * What the message list shows, top to bottom: messages with day breaks, the unread divider and the note at the start of
 * what is kept. Rows keep their keys from one version to the next, so that the list can tell an older page on top from
 * a new message below.
 */
import type { EpochMs, Seq } from "#protocol/ids.ts";
import { dayKey } from "../calendar/day.ts";
import type { TimelineItem } from "../stores/timeline.ts";

export type Row =
  | { kind: "start"; key: string }
  | { kind: "day"; key: string; at: EpochMs }
  | { kind: "unread"; key: string }
  | MessageRow
  | { kind: "end"; key: string };

export interface MessageRow {
  kind: "message";
  key: string;
  item: TimelineItem;
  /** First and last of a run of one person's messages: the run is drawn as one group. */
  first: boolean;
  last: boolean;
}

/** Messages of one person closer together than this are one group. */
const GROUP_MS = 5 * 60_000;

export interface RowOptions {
  firstUnreadSeq: Seq | null;
  /** Older messages can still be loaded: no note at the start yet. */
  more: boolean;
}

export function toRows(items: readonly TimelineItem[], { firstUnreadSeq, more }: RowOptions): Row[] {
  const rows: Row[] = more ? [] : [{ kind: "start", key: "start" }];
  let previous: MessageRow | null = null;
  let previousAt = 0;
  for (const item of items) {
    // An unsent row bears this device's clock, which may be wrong: it never opens a day that lies in the past.
    const at = Math.max(previousAt, item.at);
    const day = dayKey(at);
    const newDay: boolean = previous === null || day !== dayKey(previousAt);
    const divides = firstUnreadSeq !== null && item.seq === firstUnreadSeq;
    if (newDay) rows.push({ kind: "day", key: `day:${day}`, at });
    if (divides) rows.push({ kind: "unread", key: "unread" });
    const joins: boolean =
      previous !== null &&
      !newDay &&
      !divides &&
      previous.item.mine === item.mine &&
      at - previousAt < GROUP_MS;
    if (previous !== null) previous.last = !joins;
    previous = { kind: "message", key: item.key, item, first: !joins, last: true };
    previousAt = at;
    rows.push(previous);
  }
  rows.push({ kind: "end", key: "end" });
  return rows;
}

/** Whether rows came or went above what was shown before, so that the list must hold its place from the end. */
export function changedAbove(before: readonly Row[], after: readonly Row[]): boolean {
  const anchor = before.findLastIndex((row) => row.kind === "message");
  if (anchor < 0) return false;
  const now = after.findLastIndex((row) => row.key === before[anchor]?.key);
  return now >= 0 && now !== anchor;
}

/** Whether the person just pressed Send on this device: an own row that was not accepted yet came in at the end. */
export function justSent(before: readonly Row[], after: readonly Row[]): boolean {
  const known = new Set(before.map((row) => row.key));
  for (const row of after.toReversed()) {
    if (row.kind !== "message") continue;
    if (known.has(row.key)) return false;
    if (row.item.mine && row.item.seq === null) return true;
  }
  return false;
}
