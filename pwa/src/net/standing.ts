/** Where an unsent message stands, as the person is told: each has its own words, and its own things to do about it. */
import type { EpochMs } from "#protocol/ids.ts";
import { isHeld } from "../db/unsent.ts";
import type { Unsent } from "./outbox.ts";

/** An answer is here within this time, or it is worth telling the person that it is not. */
export const USUAL_WITHIN_MS = 5_000;

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

/** Said long enough ago that an answer should be here. Either way: the clock may have been put back. */
export function isOverdue({ saidAt }: Pick<Unsent, "saidAt">, now: EpochMs): boolean {
  return saidAt !== null && Math.abs(now - saidAt) >= USUAL_WITHIN_MS;
}
