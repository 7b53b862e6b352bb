/** What of people passes between them and the owner of a connection, as the privacy table has it. */
import type { PresenceNotice } from "#protocol/frames.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { PRESENCE_UNTIL_MS } from "#protocol/limits.ts";
import type { Peer } from "../contacts/queries.ts";
import { reaches } from "../privacy/table.ts";

export interface Reach {
  /** Their presence reaches the owner. */
  presence: boolean;
  /** The owner's typing reaches them. */
  typing: boolean;
}

/** Of each contact. */
export type Reaches = ReadonlyMap<UserId, Reach>;

export const NOBODY: Reaches = new Map();

export function reachOf({ relation, relationBack, showsPresence }: Peer): Reach {
  const both = { showsPresence };
  // One notice says both whether somebody is there and when they were last: who may not know one is told neither.
  const presence = reaches("presence", relationBack, both) && reaches("lastSeen", relationBack, both);
  return { presence, typing: reaches("typing", relation, both) };
}

/** The same whether they show their presence to nobody or have blocked the receiver, or the receiver hides or blocks. */
export function hiddenNotice(user: UserId, now: EpochMs): PresenceNotice {
  return { type: "presence", user, state: "hidden", until: now + PRESENCE_UNTIL_MS };
}
