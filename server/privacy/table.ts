/** Asking the privacy table. Pure: the facts come from whoever asks, and are as fresh as the decision needs them. */
import type { Switches } from "#protocol/frames.ts";
import { PRIVACY, SWITCH_OF } from "#protocol/privacy.ts";
import type { Relation, Sign } from "#protocol/privacy.ts";

/** How two people stand, seen from one of them. */
export interface Pair {
  /** Both have one another, and neither has ended it. */
  contacts: boolean;
  /** This one has blocked the other. */
  blocks: boolean;
  /** The other has blocked this one. */
  blocked: boolean;
}

/** What the other one of a pair is to this one. Who has blocked does not care whether they were blocked too. */
export function relationOf({ contacts, blocks, blocked }: Pair): Relation {
  if (!contacts) return "stranger";
  if (blocks) return "blocked";
  return blocked ? "blockedBy" : "contact";
}

/**
 * Whether a sign of one person reaches the other, who is `relation` to them. `both`: the switches that both have on. A sign
 * without a switch is not asked for one, so who knows of none may leave them out.
 */
export function reaches(sign: Sign, relation: Relation, both: Partial<Switches> = {}): boolean {
  const needed = SWITCHES[sign];
  return PRIVACY[relation][sign] && (needed === undefined || both[needed] === true);
}

const SWITCHES: Partial<Record<Sign, keyof Switches>> = SWITCH_OF;
