import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import type { Message } from "#protocol/frames.ts";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { ApiProblem } from "../net/api.ts";
import { useTab } from "./tab.ts";
import { useTimeline } from "./timeline.ts";

/** A message that another one answers. gone: it expired or was deleted, and so were its words here. */
export type QuoteView =
  { is: "here"; seq: Seq; mine: boolean; text: string } | { is: "gone" } | { is: "unknown" };

/**
 * The messages of the open conversation that others answer. What a quote says is what its message says now: from the
 * timeline, or, when it is not at hand there, looked up.
 */
export const useQuotes = defineStore("quotes", () => {
  const tab = useTab();
  const timeline = useTimeline();
  /** Looked up; null when there is no such message any more. */
  const found = shallowRef<ReadonlyMap<string, Message | null>>(new Map());
  /** Under way, or not to be had for now: asked again once there is a connection. */
  const asked = new Map<string, { id: ConversationId; seq: Seq; failed: boolean }>();
  const items = computed(() => new Map(timeline.items.map((item) => [item.seq, item])));

  tab.on((change) => {
    if (change.kind === "closed") {
      found.value = new Map();
      asked.clear();
    }
    if (change.kind === "applied") for (const message of change.applied.messages) renew(message);
    if (change.kind === "connection" && tab.line()?.view().state === "live") askAgain();
  });

  function renew(message: Message): void {
    const key = keyOf(message.conversation, message.seq);
    if (found.value.has(key)) note(key, message);
  }

  function note(key: string, message: Message | null): void {
    found.value = new Map(found.value).set(key, message);
  }

  /** Sees to it that the message that is answered is at hand, if it can be. */
  function want(id: ConversationId, seq: Seq): void {
    const key = keyOf(id, seq);
    if (timeline.messageAt(seq) || found.value.has(key) || asked.has(key)) return;
    asked.set(key, { id, seq, failed: false });
    void ask(key);
  }

  async function ask(key: string): Promise<void> {
    const wanted = asked.get(key);
    const line = tab.line();
    if (!wanted || !line) return;
    wanted.failed = false;
    try {
      note(key, await line.find(wanted.id, wanted.seq));
      asked.delete(key);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      wanted.failed = true;
    }
  }

  function askAgain(): void {
    for (const [key, { failed }] of asked) if (failed) void ask(key);
  }

  function of(id: ConversationId, seq: Seq): QuoteView {
    const item = items.value.get(seq);
    if (item) return item.deleted ? { is: "gone" } : { is: "here", seq, mine: item.mine, text: item.text };
    const message = timeline.messageAt(seq) ?? found.value.get(keyOf(id, seq));
    if (message === undefined) return { is: "unknown" };
    if (message === null || isGone(message)) return { is: "gone" };
    return { is: "here", seq, mine: message.from === tab.account.me()?.id, text: message.text };
  }

  function isGone({ hidden, deletedAt, sentAt }: Message): boolean {
    const now = tab.line()?.serverNow() ?? Date.now();
    return hidden === true || deletedAt !== undefined || sentAt + RETENTION_MS <= now;
  }

  return { want, of };
});

function keyOf(id: ConversationId, seq: Seq): string {
  return `${id} ${seq}`;
}
