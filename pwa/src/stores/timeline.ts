import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { Cid, ConversationId, EpochMs, Seq } from "#protocol/ids.ts";
import type { Tick } from "./conversations.ts";

export interface TimelineItem {
  /** The message's cid: stays the same from Send through ack to history. */
  key: Cid;
  /** Null until acked. */
  seq: Seq | null;
  mine: boolean;
  text: string;
  /** Server time once acked, the moment of Send before. */
  at: EpochMs;
  /** `sent` for their messages. */
  tick: Tick;
  /** One sentence for the person: why it is refused, or what is unusual about its waiting. */
  why?: string;
}

/** The open conversation, and what the person does in any conversation: send, read, type, draft. */
export const useTimeline = defineStore("timeline", () => {
  /** Ascending: acked by seq, then unsent in the order of Send. */
  const items = shallowRef<readonly TimelineItem[]>([]);
  /** Older messages within the retention can be loaded. */
  const more = ref(false);
  /** First unread message of theirs at the moment of opening; stays until the next `open`. */
  const firstUnreadSeq = ref<Seq | null>(null);

  /** Resolves when `items` shows what the device holds. */
  async function open(_id: ConversationId): Promise<void> {}

  function close(): void {}

  /** Prepends a page. Throws `ApiProblem` when it is not on the device and the server cannot be reached. */
  async function loadOlder(): Promise<void> {}

  /** Shows the row at once; resolves when it is safe on this device, long before it is acked. */
  async function send(_id: ConversationId, _text: string): Promise<void> {}

  /** Removes a refused row for good. */
  async function discard(_cid: Cid): Promise<void> {}

  /** The row `seq` was on screen in a visible, focused page. */
  function seen(_id: ConversationId, _seq: Seq): void {}

  /** The person typed; call at will, it is throttled here. */
  function typing(_id: ConversationId): void {}

  function draft(_id: ConversationId): string {
    return "";
  }

  /** Empty text removes the draft. */
  function setDraft(_id: ConversationId, _text: string): void {}

  return {
    items,
    more,
    firstUnreadSeq,
    open,
    close,
    loadOlder,
    send,
    discard,
    seen,
    typing,
    draft,
    setDraft,
  };
});
