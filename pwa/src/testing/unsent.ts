import type { Cid, ConversationId, EpochMs, UserId } from "#protocol/ids.ts";
import type { UnsentRow } from "../db/schema.ts";
import { mintCid } from "../net/cid.ts";

/** A message as it is when the person has just pressed Send. */
export function composed({
  text,
  conversation,
  to,
  now,
  cid = mintCid(now),
}: {
  text: string;
  conversation: ConversationId;
  to: UserId;
  now: EpochMs;
  cid?: Cid;
}): Omit<UnsentRow, "order"> {
  return { cid, conversation, to, text, composedAt: now, wantedAt: now, saidAt: null, refused: null };
}
