/**
 * What one tab does for the person who is signed in: link, outbox, marks, presence and drafts, put together. Whatever is
 * written shows on the screen by one way, a `Change`.
 */
import type { Message, ServerFrame } from "#protocol/frames.ts";
import type { Me } from "#protocol/http.ts";
import type { ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { begin } from "../db/begin.ts";
import { NotOurs } from "../db/device.ts";
import { countHoldings } from "../db/holdings.ts";
import type { Holdings } from "../db/holdings.ts";
import type { Applied, Summary } from "../db/ledger.ts";
import { readNewest } from "../db/load.ts";
import type { Loaded } from "../db/load.ts";
import { readUpTo, unconfirmedReads } from "../db/reads.ts";
import type { Own } from "../db/sealed.ts";
import type { Api } from "./api.ts";
import { createAttend } from "./attend.ts";
import type { Change } from "./change.ts";
import type { Drafting } from "./drafts.ts";
import { createForgetting } from "./forgetting.ts";
import { createHistory } from "./history.ts";
import type { History } from "./history.ts";
import { createKept } from "./kept.ts";
import type { LineEdges, LineHandlers } from "./line_edges.ts";
import { createLink, linksOf } from "./link.ts";
import type { Links } from "./link.ts";
import { watchRefusedMarks } from "./marks.ts";
import type { News } from "./news.ts";
import type { Placing } from "./place.ts";
import { createPresences } from "./presence.ts";
import type { PresenceView } from "./presence.ts";
import { createReads } from "./reads.ts";
import { createSearch } from "./search.ts";
import type { Search } from "./search.ts";
import { createSending } from "./sending.ts";
import type { Sending, Unsending } from "./sending.ts";
import type { Timings } from "./timings.ts";
import { createTyping } from "./typing.ts";

export interface Line
  extends Unsending, History, Drafting, Placing, Links, Pick<Sending, "send" | "revise">, Pick<Api, "times"> {
  readonly me: Me;
  start(): void;
  close(): void;
  /** The page is shown, or hidden. */
  shown(visible: boolean): void;
  /** Another tab changed the outbox on disk. */
  reloadOutbox(): void;
  /** The worker has sent something of it, and stored what it became. */
  sent(applied: Applied): void;
  /** Whether the device has had a first snapshot: if not, nothing here means nothing yet. */
  filled(): boolean;
  conversations(): ReadonlyMap<ConversationId, Summary>;
  readonly news: Pick<News, "list" | "dismiss" | "seenElsewhere">;
  seen(conversation: ConversationId, seq: Seq): void;
  typing(to: UserId): void;
  /** What is not on the server: unsent messages and drafts. */
  own(): Own;
  /** How long the last messages of this device took. */
  timings: Timings["list"];
  holdings(): Promise<Holdings>;
  presenceOf(user: UserId): PresenceView;
  isTyping(user: UserId): boolean;
  /** The newest messages on this device from seq `from` on, ascending. */
  newest(conversation: ConversationId, range: { from: Seq; limit: number }): Promise<Message[]>;
  search: Search;
}

/** Opens what the device holds of `me`. Rejects with `NotOurs` when the device is somebody else's by now. */
export async function openLine(edges: LineEdges, me: Me, handlers: LineHandlers): Promise<Line> {
  const loaded = await begin({ disk: edges.disk, user: me.id }, { now: edges.time.now() });
  return createLine(edges, { me, loaded }, handlers);
}

function createLine(
  edges: LineEdges,
  { me, loaded }: { me: Me; loaded: Loaded },
  handlers: LineHandlers,
): Line {
  const { disk, api, time } = edges;
  const { tell } = handlers;
  const owner = { disk, user: me.id };
  let conversations = byId(loaded.conversations);
  let filled = loaded.device.epoch !== null;
  let closed = false;

  const link = createLink(
    { ...edges, user: me.id, start: loaded.device, snapshot: api.snapshot },
    {
      connected: () => attend.live(),
      live(limits) {
        void reads.sayAgain();
        sending.live(limits);
      },
      lost() {
        attend.lost();
        timings.lost();
        sending.lost();
        people.lost();
      },
      frame: hear,
      applied,
      changed: () => tell({ kind: "connection" }),
      ...handlers,
      failed,
    },
  );
  const say = link.say;
  const typing = createTyping({ time, say });
  const attend = createAttend({ time, visible: edges.visible, say });
  const people = createPresences({
    time,
    serverNow: link.serverNow,
    changed: () => tell({ kind: "people" }),
  });
  const reads = createReads({
    time,
    say,
    failed,
    write: (marks) => readUpTo(owner, marks),
    unconfirmed: () => unconfirmedReads(owner),
    applied: (result) => applied(result, "here"),
  });
  const marks = watchRefusedMarks({ time, again: sayMarksAgain });
  const sending = createSending({
    ...owner,
    ...edges,
    start: loaded.unsent,
    say(command) {
      timings.saying(command);
      return say(command);
    },
    reach() {
      link.tryNow();
      link.check();
    },
    changed: () => tell({ kind: "unsent" }),
    stored: handlers.outboxStored,
    failed,
  });
  const { drafts, news, placing, timings } = createKept(loaded, {
    ...owner,
    time,
    knows: (id) => conversations.has(id),
    draftChanged: handlers.draftChanged,
    draftHeard: () => tell({ kind: "drafts" }),
    newsChanged: () => tell({ kind: "newSessions" }),
    newsDismissed: handlers.newsDismissed,
    failed,
  });
  const forgetting = createForgetting({ ...owner, time, failed, serverNow: link.serverNow, purged });
  const history = createHistory({
    ...owner,
    fetchPage: api.messages,
    applied: (result) => applied(result, "page"),
  });

  function failed(error: unknown): void {
    if (error instanceof NotOurs) handlers.notOurs();
    else handlers.failed(error);
  }

  function sayMarksAgain(): void {
    link.sayReceived();
    void reads.sayAgain();
  }

  function hear(frame: ServerFrame): void {
    if (frame.type === "ack") timings.acked(frame);
    if (frame.type === "ack" || frame.type === "revised") sending.acked(frame);
    if (frame.type === "refused") (frame.cid === undefined ? marks : sending).refused(frame);
    if (frame.type === "pong") void reads.sayAgain();
    if (frame.type === "typing") people.hearTyping(frame);
    if (frame.type === "presence") people.hearPresence(frame);
    if (frame.type === "event" && frame.kind === "message") people.wrote(frame.from);
  }

  function applied(result: Applied, by: Extract<Change, { kind: "applied" }>["by"]): void {
    if (closed) return;
    const kept = [...conversations].filter(([id]) => by !== "snapshot" && !result.dropped.includes(id));
    conversations = new Map([...kept, ...byId(result.conversations)]);
    timings.moved(result.conversations);
    filled ||= by === "snapshot";
    sending.settled(result.settled);
    if (result.profile) handlers.profile(result.profile);
    news.take(result.newSessions);
    tell({ kind: "applied", applied: result, by });
  }

  function purged(result: Applied, before: EpochMs): void {
    applied(result, "here");
    tell({ kind: "purged", before });
  }

  return {
    me,
    start() {
      forgetting.start();
      link.start();
    },
    close() {
      closed = true;
      forgetting.close();
      marks.close();
      sending.close();
      reads.close();
      timings.close();
      link.close();
    },
    ...linksOf(link),
    shown: attend.shown,
    reloadOutbox: sending.reload,
    sent: (result) => applied(result, "ack"),
    ...placing,
    filled: () => filled,
    conversations: () => conversations,
    unsent: sending.unsent,
    sendAgain: sending.sendAgain,
    takeBack: sending.takeBack,
    discard: sending.discard,
    news,
    async send(message, { endsDraft = true } = {}) {
      if (endsDraft) drafts.sent(message.conversation);
      typing.sent(message.to);
      await sending.send(message, { endsDraft });
    },
    revise: sending.revise,
    seen: reads.seen,
    typing: typing.typed,
    ...drafts.verbs,
    timings: timings.list,
    holdings: () => countHoldings(disk),
    own: () => ({ unsent: sending.rows(), drafts: drafts.rows() }),
    presenceOf: people.of,
    isTyping: people.isTyping,
    newest: (conversation, range) => readNewest(disk, { conversation, ...range }),
    search: createSearch({ disk, api, time, now: link.serverNow, failed }),
    ...history,
    times: api.times,
  };
}

function byId(summaries: readonly Summary[]): ReadonlyMap<ConversationId, Summary> {
  return new Map(summaries.map((summary) => [summary.row.id, summary]));
}
