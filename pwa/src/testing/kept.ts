/** The conversations of the log of one person, for tests: what its events come to. */
import type { Dealings, InboxEvent, Message, Person } from "#protocol/frames.ts";
import type { Conversation, Marks } from "#protocol/http.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import { isOver } from "../db/over.ts";

export type Body<E> = E extends InboxEvent ? Omit<E, "type" | "cursor"> : never;

export interface Kept {
  id: ConversationId;
  with: Person;
  dealings: Dealings;
  messages: Message[];
  mine: Marks;
  theirs: Marks;
}

/** The conversations as they are after one more event. */
export function fold(
  kept: Map<ConversationId, Kept>,
  { event, me }: { event: Body<InboxEvent>; me: UserId },
): void {
  if (event.kind === "session" || event.kind === "settings") return;
  if (event.kind === "contact") {
    const { conversation: id, id: user, name, hue, ...dealings } = event.contact;
    if (dealings.standing === "removed") return void kept.delete(id);
    const none = { delivered: 0, read: 0 };
    const before = kept.get(id) ?? { id, messages: [], mine: { ...none }, theirs: { ...none } };
    kept.set(id, { ...before, with: { id: user, name, hue }, dealings });
    return;
  }
  const conversation = kept.get(event.conversation);
  if (!conversation) throw new Error("Folding an event of an unknown conversation.");
  if (event.kind === "message") {
    const { kind: _, type: __, cursor: ___, ...message } = event as Extract<InboxEvent, { kind: "message" }>;
    conversation.messages.push(message);
    return;
  }
  if (event.kind === "revision") {
    const { seq, message } = event;
    if (message)
      conversation.messages = conversation.messages.map((one) => (one.seq === seq ? message : one));
    return;
  }
  const marks = event.user === me ? conversation.mine : conversation.theirs;
  marks[event.mark] = Math.max(marks[event.mark], event.seq);
  marks.delivered = Math.max(marks.delivered, marks.read);
}

/** What is left of somebody who is no contact any more are the messages. */
export function isShown({ dealings, messages }: Kept): boolean {
  return !isOver(dealings.standing) || messages.length > 0;
}

export function rowOf({ id, with: person, dealings, messages, mine, theirs }: Kept): Conversation {
  const unread = messages.filter(({ from, seq }) => from === person.id && seq > mine.read).length;
  const headSeq = messages.at(-1)?.seq ?? 0;
  return { id, with: person, ...dealings, headSeq, mine: { ...mine }, theirs: { ...theirs }, unread };
}
