/** Where an unsent message stands, as the person is told: each has its own words, and its own things to do about it. */
import type { EpochMs } from "#protocol/ids.ts";
import type { Unsent } from "./outbox.ts";

/** An answer is here within this time, or it is worth telling the person that it is not. */
export const USUAL_WITHIN_MS = 5_000;
/** A message that was not sent for this long goes only when the person wants it still. */
const ASK_AFTER_MS = 24 * 60 * 60 * 1_000;

/**
 * waiting: it has not left this device, or its answer is due any moment · unconfirmed: it was said, and no answer came: the
 * server may have it · held: too old to be sent unasked · refused: the server does not take it.
 */
export type Standing = "waiting" | "unconfirmed" | "held" | "refused";

export function standingOf(row: Unsent, now: EpochMs): Standing {
  if (row.refused !== null) return "refused";
  if (row.acked) return "waiting";
  if (isHeld(row, now)) return "held";
  return isOverdue(row, now) ? "unconfirmed" : "waiting";
}

/**
 * Whether to ask before sending. By this device's clock on both sides; one that was put back does not ask. What is done to a
 * message that is there is still meant a day later.
 */
export function isHeld({ wantedAt, revises }: Pick<Unsent, "wantedAt" | "revises">, now: EpochMs): boolean {
  return !revises && now - wantedAt > ASK_AFTER_MS;
}

/** Said long enough ago that an answer should be here. Either way: the clock may have been put back. */
export function isOverdue({ saidAt }: Pick<Unsent, "saidAt">, now: EpochMs): boolean {
  return saidAt !== null && Math.abs(now - saidAt) >= USUAL_WITHIN_MS;
}
