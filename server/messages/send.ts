import type { RefusedCode } from "#protocol/codes.ts";
import type { MessageSend } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Send } from "./change.ts";
import { cleanText, refusalOf } from "./text.ts";

/** The send that a command asks for, or why it can be none. */
export function sendOf(command: Omit<MessageSend, "type">, user: UserId): Send | RefusedCode {
  const { cid, to, replyTo } = command;
  const text = cleanText(command.text);
  const send: Send = { kind: "send", user, cid, to, text };
  if (replyTo !== undefined) send.replyTo = replyTo;
  return refusalOf(text) ?? send;
}
