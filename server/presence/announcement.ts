/** What is announced of a user: the state that their leases come to, and whether others are to hear of it. */
import type { PresenceNotice } from "#protocol/frames.ts";
import type { EpochMs } from "#protocol/ids.ts";
import { PRESENCE_UNTIL_MS } from "#protocol/limits.ts";
import type { Lease } from "../store/store.ts";

/** `hidden` is no state of anybody: it is what somebody hears who is not to know (gateway/sight.ts). */
export type PresenceState = Exclude<PresenceNotice["state"], "hidden">;
/** A notice for those who may see. */
export type PresenceSeen = PresenceNotice & { state: PresenceState };
export type DeviceState = "online" | "away";

/** What was announced last about a user. */
export interface Announced {
  state: PresenceState;
  until: EpochMs;
  lastSeenAt?: EpochMs;
}

/** What to announce, or null when what was announced is still true, good for a while, and not to be said `again`. */
export function nextAnnouncement(
  state: PresenceState,
  { announced, again, now }: { announced: Announced | null; again: boolean; now: EpochMs },
): Announced | null {
  const unchanged = (announced?.state ?? "offline") === state;
  const aged = state !== "offline" && (announced?.until ?? 0) - now < PRESENCE_UNTIL_MS / 2;
  return unchanged && !aged && !again ? null : announcementOf(state, { announced, now, changed: !unchanged });
}

export function announcementOf(
  state: PresenceState,
  { announced, now, changed = false }: { announced: Announced | null; now: EpochMs; changed?: boolean },
): Announced {
  const until = now + PRESENCE_UNTIL_MS;
  if (state !== "offline") return { state, until };
  const lastSeenAt = changed ? now : announced?.lastSeenAt;
  return lastSeenAt === undefined ? { state, until } : { state, until, lastSeenAt };
}

export function best(leases: readonly Lease[]): PresenceState {
  if (leases.some((lease) => lease.value === "online")) return "online";
  return leases.length > 0 ? "away" : "offline";
}

export function toAnnounced(kept: string | null): Announced | null {
  return kept === null ? null : (JSON.parse(kept) as Announced);
}
