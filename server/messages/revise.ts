/** Edits, deletions and reactions: what a command asks for, and what that makes of a message. Pure. */
import type { RefusedCode } from "#protocol/codes.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import type { Revision } from "#protocol/messages.ts";
import { EDIT_WITHIN_MS } from "#protocol/limits.ts";
import type { Revise } from "./change.ts";
import { isHiddenFrom } from "./stored.ts";
import type { StoredMessage } from "./stored.ts";
import { cleanText, isEmoji, refusalOf } from "./text.ts";

/** The change that a command asks for, or why it can be none. */
export function reviseOf(command: Revision, user: UserId): Revise | RefusedCode {
  const { cid, conversation, seq } = command;
  const about = { kind: "revise", user, cid, conversation, seq } as const;
  switch (command.type) {
    case "message.edit": {
      const text = cleanText(command.text);
      return refusalOf(text) ?? { ...about, act: { is: "edit", text } };
    }
    case "message.delete":
      return { ...about, act: { is: "delete", for: command.for } };
    case "message.react": {
      const { emoji } = command;
      if (emoji !== null && !isEmoji(emoji)) return "not_an_emoji";
      return { ...about, act: { is: "react", emoji } };
    }
    default:
      return command satisfies never;
  }
}

/** Whether there is nothing left to do: what is deleted stays deleted. */
export function isDone(message: StoredMessage, { user, act }: Revise): boolean {
  if (act.is !== "delete") return false;
  return act.for === "both" ? message.deletedAt !== null : isHiddenFrom(message, user);
}

/** The message after it, or why not. */
export function revise(
  message: StoredMessage,
  change: Revise,
  at: EpochMs,
): StoredMessage | Extract<RefusedCode, "no_message" | "not_yours" | "edit_too_late"> {
  const { user, act } = change;
  const own = message.from === user;
  const gone = message.deletedAt !== null || isHiddenFrom(message, user);
  const revised = { ...message, revision: (message.revision ?? 0) + 1 };
  switch (act.is) {
    case "edit":
      if (!own) return "not_yours";
      if (gone) return "no_message";
      if (at - message.sentAt > EDIT_WITHIN_MS) return "edit_too_late";
      return { ...revised, text: act.text, editedAt: at };
    case "delete":
      if (act.for === "both") return own ? deleted(revised, at) : "not_yours";
      return hide(revised, { from: user, at });
    case "react":
      if (gone) return "no_message";
      return own ? { ...revised, senderReaction: act.emoji } : { ...revised, recipientReaction: act.emoji };
    default:
      return act satisfies never;
  }
}

function deleted(message: StoredMessage, at: EpochMs): StoredMessage {
  const nothing = { text: "", replyTo: null, editedAt: null, senderReaction: null, recipientReaction: null };
  return { ...message, ...nothing, deletedAt: at };
}

/** What both have hidden is of use to nobody, so it is deleted. */
function hide(message: StoredMessage, { from, at }: { from: UserId; at: EpochMs }): StoredMessage {
  const hidden =
    message.from === from
      ? { ...message, hiddenFromSender: true }
      : { ...message, hiddenFromRecipient: true };
  const both = hidden.hiddenFromSender === true && hidden.hiddenFromRecipient === true;
  return both && hidden.deletedAt === null ? deleted(hidden, at) : hidden;
}
