import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Applied } from "../db/ledger.ts";
import type { DraftRow } from "../db/schema.ts";

/** What tabs of one browser tell one another. Each can be lost: a tab finds out by itself later. */
export type TabNews =
  /** The rows of the outbox on disk are others now. */
  | { type: "outbox.changed" }
  /** The worker has sent one of them, and stored what it became. */
  | { type: "outbox.sent"; applied: Applied }
  /** What this person types in one tab is what they type in all. */
  | { type: "draft.changed"; user: UserId; draft: DraftRow }
  /** The person has looked at these sessions. */
  | { type: "news.dismissed"; sessions: SessionId[] }
  | { type: "session.ended"; session: SessionId }
  | { type: "session.began" };

export interface Channel {
  say(news: TabNews): void;
  close(): void;
}

/**
 * The channel to the other tabs; one that goes nowhere where the browser has none. A write that ends after the tab has let
 * go has nobody to tell, and a closed channel would throw.
 */
export function openChannel(channel: BroadcastChannel | null, hear: (news: TabNews) => void): Channel {
  channel?.addEventListener("message", (event: MessageEvent<TabNews>) => hear(event.data));
  let open = channel;
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
    say: (news) => open?.postMessage(news),
    close() {
      open?.close();
      open = null;
    },
  };
}
