import type { Message } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Revision } from "#protocol/messages.ts";

/** The message after it, as I see it; null when that is as before. */
export function reviseMessage(
  message: Message,
  { by, revision, me }: { by: UserId; revision: Revision; me: UserId },
): Message | null {
  const { conversation, seq, cid, from, to, sentAt, revision: count = 0 } = message;
  const place = { conversation, seq, cid, from, to, text: "", sentAt, revision: count + 1 };
  switch (revision.type) {
    case "message.edit":
      return { ...message, revision: count + 1, text: revision.text, editedAt: sentAt + 1 };
    case "message.delete":
      if (revision.for === "both") return { ...place, deletedAt: sentAt + 1 };
      return by === me ? { ...place, hidden: true } : null;
    case "message.react": {
      const { emoji } = revision;
      const others = (message.reactions ?? []).filter((reaction) => reaction.from !== by);
      const reactions = emoji === null ? others : [...others, { from: by, emoji }];
      const { reactions: _, ...rest } = { ...message, revision: count + 1 };
      return reactions.length > 0 ? { ...rest, reactions } : rest;
    }
    default:
      return revision satisfies never;
  }
}
