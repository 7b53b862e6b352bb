/** How the two of a conversation stand when something is decided about them. Pure. */
import type { Seq, UserId } from "#protocol/ids.ts";
import type { Relation } from "#protocol/privacy.ts";
import { reaches, relationOf } from "../privacy/table.ts";
import type { ConversationFacts } from "./facts.ts";

/**
 * Whose inboxes it goes to when `user` says something to the other; or why to nobody's. Who is shut out is not told so: what
 * they say is stored and answered as ever, and waits outside the other's inbox until they are let in, or the retention takes it.
 */
export function hearersOf(
  conversation: ConversationFacts,
  user: UserId,
): UserId[] | "blocked" | "not_a_contact" {
  const relation = relationTo(conversation, user);
  if (reaches("message", relation)) return [user, peerOf(conversation, user)];
  if (relation === "blockedBy") return [user];
  return relation === "blocked" ? "blocked" : "not_a_contact";
}

/** The newest seq that the user may see. */
export function shownTo({ blocks, headSeq }: ConversationFacts, user: UserId): Seq {
  return blocks.get(user)?.after ?? headSeq;
}

/** What the peer is to `user`. */
export function relationTo(conversation: ConversationFacts, user: UserId): Relation {
  const { contacts, blocks } = conversation;
  return relationOf({ contacts, blocks: blocks.has(user), blocked: blocks.has(peerOf(conversation, user)) });
}

export function peerOf({ users }: ConversationFacts, user: UserId): UserId {
  return users[0] === user ? users[1] : users[0];
}
