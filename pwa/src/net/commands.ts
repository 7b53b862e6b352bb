import type { MessageSend } from "#protocol/frames.ts";
import type { Revision } from "#protocol/messages.ts";
import type { UnsentRow } from "../db/schema.ts";

/** What is said to the server for an unsent row, by whichever door. */
export function commandOf(row: UnsentRow): MessageSend | Revision {
  const { cid, conversation, to, text, replyTo, revises } = row;
  if (revises) return { ...revises, cid, conversation };
  return { type: "message.send", cid, to, text, ...(replyTo !== undefined && { replyTo }) };
}
