import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { ApiProblem } from "../net/api.ts";
import { wholeFrom } from "../net/whole.ts";
import { useConversations } from "./conversations.ts";
import { draftsOf } from "./drafts.ts";
import { useTab } from "./tab.ts";
import { itemsOf } from "./views.ts";
import type { TimelineItem } from "./views.ts";

/** Rows that opening a conversation shows at least and at most; in between, as many as are unread and some before. */
const FIRST_ROWS = 50;
const FIRST_ROWS_MAX = 500;
const ROWS_BEFORE_UNREAD = 10;

/** The open conversation, and what the person does in any conversation: send, read, type, draft. */
export const useTimeline = defineStore("timeline", () => {
  const tab = useTab();
  const conversations = useConversations();
  const openId = ref<ConversationId | null>(null);
  const held = shallowRef<ReadonlyMap<Seq, Message>>(new Map());
  /** Rows from this seq on are shown. Only goes down, so that what is on screen stays, until a snapshot. */
  const shownFrom = ref<Seq>(Number.POSITIVE_INFINITY);
  /** What was unread at the moment of opening; stays until the next `open`. */
  const unread = shallowRef<{ after: Seq; upTo: Seq } | null>(null);
  const drafts = draftsOf(tab);
  const { answering } = drafts.verbs;
  let loadingOlder: Promise<void> | null = null;
  let filling: Promise<void> = Promise.resolve();

  const row = computed(() => (openId.value ? conversations.rowOf(openId.value) : undefined));

  /** Older messages within the retention can be loaded. */
  const more = computed(() => {
    if (!row.value) return false;
    return Math.min(shownFrom.value, row.value.headSeq + 1) > row.value.oldestSeq;
  });

  const items = computed<readonly TimelineItem[]>(() => {
    const me = tab.account.me()?.id;
    if (!me || !row.value) return [];
    const messages = [...held.value.values()].filter(({ seq }) => seq >= shownFrom.value);
    return itemsOf({ messages, unsent: conversations.unsent, me, row: row.value });
  });

  /** The first message of theirs that was unread at the moment of opening, of those that are shown: with older ones it goes up. */
  const firstUnreadSeq = computed<Seq | null>(() => {
    if (unread.value === null) return null;
    const { after, upTo } = unread.value;
    const seqs = [...held.value.values()]
      .filter(
        (message) =>
          message.seq > after && message.seq <= upTo && message.seq >= shownFrom.value && isTheirs(message),
      )
      .map(({ seq }) => seq);
    return seqs.length === 0 ? null : seqs.reduce((least, seq) => Math.min(least, seq));
  });

  tab.on((change) => {
    switch (change.kind) {
      case "opened":
        drafts.touched();
        filling = fill();
        return;
      case "drafts":
        return drafts.touched();
      case "closed":
        drafts.touched();
        return forget();
      case "applied":
        if (change.by === "snapshot") replace();
        merge(change.applied.messages);
        if (change.by === "snapshot") filling = fill();
        return;
      case "purged":
        held.value = new Map([...held.value].filter(([, message]) => message.sentAt >= change.before));
        return;
      default:
    }
  });

  function replace(): void {
    held.value = new Map();
    shownFrom.value = Number.POSITIVE_INFINITY;
  }

  function forget(): void {
    replace();
    unread.value = null;
    loadingOlder = null;
  }

  /** Resolves when `items` shows what the device holds. */
  async function open(id: ConversationId): Promise<void> {
    if (openId.value === id) return;
    forget();
    openId.value = id;
    if (tab.line()) filling = fill();
    else await deviceRead();
    await filling;
  }

  /** The app may open right in a conversation, before the device was read. */
  function deviceRead(): Promise<void> {
    return new Promise((resolve) => {
      const stop = tab.on(({ kind }) => {
        if (kind !== "opened") return;
        stop();
        resolve();
      });
    });
  }

  function close(): void {
    openId.value = null;
    forget();
  }

  /** Reads the newest part of what the device holds: what is unread, and some before. */
  async function fill(): Promise<void> {
    const id = openId.value;
    const line = tab.line();
    if (!id || !line) return;
    const { headSeq = 0, mine = { read: 0 } } = conversations.rowOf(id) ?? {};
    const wanted = headSeq - mine.read + ROWS_BEFORE_UNREAD;
    const limit = Math.min(Math.max(wanted, FIRST_ROWS), FIRST_ROWS_MAX);
    const newest = await line.newest(id, { from: 0, limit });
    if (openId.value !== id) return;
    merge(newest);
    if (newest.some((message) => message.seq > mine.read && isTheirs(message))) {
      unread.value ??= { after: mine.read, upTo: headSeq };
    }
    if (items.value.length < FIRST_ROWS && more.value) void loadOlder().catch(unreachable);
  }

  function isTheirs({ from }: Message): boolean {
    const me = tab.account.me()?.id;
    return me !== undefined && from !== me;
  }

  function merge(messages: readonly Message[]): void {
    const next = new Map(held.value);
    for (const message of messages) if (message.conversation === openId.value) next.set(message.seq, message);
    held.value = next;
    shownFrom.value = Math.min(shownFrom.value, wholeFrom([...next.keys()]) ?? Number.POSITIVE_INFINITY);
  }

  /** Prepends a page. Throws `ApiProblem` when it is not on the device and the server cannot be reached. */
  function loadOlder(): Promise<void> {
    loadingOlder ??= readOlder().finally(() => {
      loadingOlder = null;
    });
    return loadingOlder;
  }

  async function readOlder(): Promise<void> {
    const id = openId.value;
    const line = tab.line();
    if (!id || !line || !row.value || !more.value) return;
    const before = Math.min(shownFrom.value, row.value.headSeq + 1);
    const page = await line.older(id, before);
    if (openId.value === id) merge(page);
  }

  /** Shows the row at once; resolves when it is safe on this device, long before it is acked. */
  async function send(id: ConversationId, text: string): Promise<void> {
    if (text.trim() === "") return;
    const replyTo = answering(id);
    const message = { conversation: id, to: personOf(id), text };
    const sent = tab.line()?.send(replyTo === null ? message : { ...message, replyTo });
    drafts.touched();
    await sent;
  }

  /** The person wants an unsent message sent now. */
  async function sendAgain(cid: Cid): Promise<void> {
    await tab.line()?.sendAgain(cid);
  }

  /** The same for all that was not sent in time, in whatever conversation. */
  async function sendHeld(): Promise<void> {
    for (const row of conversations.unsent) if (row.standing === "held") await sendAgain(row.cid);
  }

  /** Makes an unsent message the draft of its conversation again, after what is there. False: it may be sent already. */
  async function takeBack(cid: Cid): Promise<boolean> {
    const row = conversations.unsent.find((other) => other.cid === cid);
    if (!row) return false;
    const { conversation: id, replyTo = null } = row;
    const taken = await tab.line()?.takeBack(cid, (text) => drafts.keepAsDraft(id, { text, replyTo }));
    return typeof taken === "string";
  }

  /** Removes an unsent message for good, whatever became of it. */
  async function discard(cid: Cid): Promise<void> {
    await tab.line()?.discard(cid);
  }

  /** The row `seq` was on screen in a visible, focused page. */
  function seen(id: ConversationId, seq: Seq): void {
    const known = conversations.rowOf(id);
    if (known && seq > known.mine.read) tab.line()?.seen(id, Math.min(seq, known.headSeq));
  }

  /** The person typed; call at will, it is throttled here. */
  function typing(id: ConversationId): void {
    tab.line()?.typing(personOf(id));
  }

  function personOf(id: ConversationId): UserId {
    const known = conversations.rowOf(id);
    if (!known) throw new Error(`Writing in conversation ${id}: this device does not know it.`);
    return known.with.id;
  }

  return {
    /** A message of the open conversation that is at hand; for other stores. */
    messageAt: (seq: Seq): Message | undefined => held.value.get(seq),
    items,
    more,
    firstUnreadSeq,
    open,
    close,
    loadOlder,
    send,
    sendAgain,
    sendHeld,
    takeBack,
    discard,
    seen,
    typing,
    ...drafts.verbs,
  };
});

/** Offline, what the device holds is what there is. */
function unreachable(error: unknown): void {
  if (!(error instanceof ApiProblem)) throw error;
}

export type { TimelineItem, UnsentView } from "./views.ts";
