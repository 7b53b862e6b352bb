import type { Command } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import { TYPING_EVERY_MS } from "#protocol/limits.ts";
import type { Time } from "./time.ts";

export interface Typing {
  /** The person typed something for `to`; call at will. */
  typed(to: UserId): void;
  /** The message ends the notice on the other side: what is typed next is news again. */
  sent(to: UserId): void;
}

/** Tells others that this person types, at a bounded pace. */
export function createTyping({ time, say }: { time: Time; say: (command: Command) => boolean }): Typing {
  const typedAt = new Map<UserId, number>();
  return {
    typed(to) {
      const now = time.now();
      // Either way: the clock may have been put back.
      if (Math.abs(now - (typedAt.get(to) ?? 0)) < TYPING_EVERY_MS) return;
      if (say({ type: "typing", to })) typedAt.set(to, now);
    },
    sent: (to) => void typedAt.delete(to),
  };
}
