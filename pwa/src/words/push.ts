/** Notifications of this device in words. */
import type { EpochMs } from "#protocol/ids.ts";
import { agoWords } from "../calendar/moments.ts";
import type { PushView } from "../net/push.ts";
import { words } from "./words.ts";

/** What became of the last one. */
export function lastPushWords(last: PushView["last"], now: EpochMs): string {
  if (!last) return words.notifications.never;
  const when = agoWords(last.at, now);
  return last.result === "gone" ? words.notifications.refused(when) : words.notifications[last.result](when);
}

/** Whether there are any, and what became of the last. */
export function pushWords({ state, last }: PushView, now: EpochMs): string {
  const standing = words.diagnosis.push[state];
  return last ? words.diagnosis.pushSince(standing, lastPushWords(last, now)) : standing;
}
