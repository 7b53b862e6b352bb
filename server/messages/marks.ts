/** Moving marks, and who hears of it. Pure, as `decide.ts` is. */
import type { ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Sign } from "#protocol/privacy.ts";
import { appendTo } from "../inbox/append.ts";
import type { InboxRow } from "../inbox/events.ts";
import { reaches } from "../privacy/table.ts";
import { pair } from "./facts.ts";
import type { ConversationFacts, Facts, MarkFacts } from "./facts.ts";
import { peerOf, relationTo } from "./standing.ts";

/** The part of a decision that is about marks. */
export interface Moved {
  rows: InboxRow[];
  marked: Map<string, { conversation: ConversationId; user: UserId; marks: MarkFacts }>;
}

/**
 * Moves a mark forward, never back. The user's own other devices hear of `read` (it is their unread count). The peer hears of
 * both kinds (they are their ticks), as far as that is theirs to know: who is not told that a message was read may still be
 * told that it was delivered.
 */
export function moveMark(
  move: { conversation: ConversationId; user: UserId; mark: "delivered" | "read"; seq: Seq },
  { facts, decision, at }: { facts: Facts; decision: Moved; at: EpochMs },
): void {
  const { conversation: id, user, mark, seq } = move;
  const key = pair(id, user);
  const marks = facts.marks.get(key);
  const conversation = facts.conversations.get(id);
  if (marks === undefined || conversation === undefined || seq <= marks[mark]) return;
  marks[mark] = seq;
  marks.delivered = Math.max(marks.delivered, seq);
  decision.marked.set(key, { conversation: id, user, marks });

  const told = toldOf(mark, { conversation, user });
  const peer = told !== null && seq > marks.told[told] ? [peerOf(conversation, user)] : [];
  if (told !== null) marks.told[told] = Math.max(marks.told[told], seq);
  marks.told.delivered = Math.max(marks.told.delivered, marks.told.read);
  const own = mark === "read" ? [user] : [];
  const tell = (users: UserId[], as: "delivered" | "read") =>
    decision.rows.push(...appendTo(facts.heads, users, { body: { kind: "mark", ...move, mark: as }, at }));
  if (told === mark) return void tell([...own, ...peer], mark);
  if (own.length > 0) tell(own, mark);
  if (told !== null && peer.length > 0) tell(peer, told);
}

/** Which kind of mark the peer is told of when this one moves; null: of none. */
function toldOf(
  mark: "delivered" | "read",
  { conversation, user }: { conversation: ConversationFacts; user: UserId },
): "delivered" | "read" | null {
  const relation = relationTo(conversation, user);
  const both = { sendsReceipts: conversation.sendsReceipts };
  const reachesPeer = (sign: Sign) => reaches(sign, relation, both);
  if (mark === "read" && reachesPeer("read")) return "read";
  return reachesPeer("delivered") ? "delivered" : null;
}
