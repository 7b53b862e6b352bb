/** What a message will be once the server has taken what the person did to it: shown at once. Pure. */
import type { Message } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Reaction } from "#protocol/messages.ts";
import type { StandingUnsent } from "../net/sending.ts";

/** `rows`: what was done to it on this device, in order. What was refused did not happen. */
export function foresee(
  message: Message,
  { rows, me }: { rows: readonly StandingUnsent[]; me: UserId },
): Message {
  return rows
    .filter(({ refused }) => refused === null)
    .reduce((now, row) => after(now, { row, me }), message);
}

function after(message: Message, { row, me }: { row: StandingUnsent; me: UserId }): Message {
  const { revises, composedAt } = row;
  switch (revises?.type) {
    case "message.edit":
      return { ...message, text: revises.text, editedAt: composedAt };
    case "message.delete":
      return revises.for === "me" ? { ...message, hidden: true } : withoutAll(message, composedAt);
    case "message.react":
      return { ...message, reactions: reactionsAfter(message, { from: me, emoji: revises.emoji }) };
    case undefined:
      return message;
    default:
      return revises satisfies never;
  }
}

function withoutAll(message: Message, deletedAt: number): Message {
  const { conversation, seq, cid, from, to, sentAt } = message;
  return { conversation, seq, cid, from, to, text: "", sentAt, deletedAt };
}

function reactionsAfter(
  { reactions = [] }: Message,
  { from, emoji }: { from: UserId; emoji: string | null },
): Reaction[] {
  const others = reactions.filter((reaction) => reaction.from !== from);
  return emoji === null ? others : [...others, { from, emoji }];
}
