/**
 * One tab of the app: the account of this device and, while somebody is signed in, their line. No Vue in here; the
 * stores listen to its changes.
 */
import type { Me } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { NotOurs } from "../db/device.ts";
import { createJotter } from "../db/jotter.ts";
import { openDisk } from "../db/open.ts";
import { makeRoom } from "../db/room.ts";
import type { DraftRow, UnsentRow } from "../db/schema.ts";
import { createAccount } from "./account.ts";
import type { Account } from "./account.ts";
import { ApiProblem, createApi } from "./api.ts";
import type { Api, ApiEdges, Ask } from "./api.ts";
import type { Change } from "./change.ts";
import { openChannel } from "./channel.ts";
import type { TabNews } from "./channel.ts";
import type { Line } from "./line.ts";
import type { LineEdges, LineHandlers } from "./line_edges.ts";
import { createKeeping } from "./keeping.ts";
import type { Keeping } from "./keeping.ts";
import { createRecentEmoji } from "./recent_emoji.ts";
import type { RecentEmoji } from "./recent_emoji.ts";
import type { Push, PushBrowser } from "./push.ts";
import { createListeners } from "./listeners.ts";

/** What the device holds could not be read: tried again after this long. */
const AGAIN_MS = 2_000;

/** What a tab needs from the browser. `composables/browser.ts` gathers it; tests lend their own. */
export interface TabEdges extends Omit<LineEdges, "disk" | "api" | "visible">, ApiEdges {
  /** Name of the database on this device. */
  database: string;
  channel: BroadcastChannel | null;
  /** Where what was just typed is safe at once; null where the browser has no such place. */
  jottings: Storage | null;
  /** Null on a page without HTTPS. */
  subtle: SubtleCrypto | null;
  /** Whether the page is shown now. */
  visible: () => boolean;
  /** Null where the browser has no notifications. */
  push: PushBrowser | null;
  /** Of the words on the screen, as a BCP 47 tag. */
  language: () => string;
  /** An error that nobody waits for. */
  report: (error: unknown) => void;
}

export type Asks = Pick<Api, "changeContact" | "removeContact" | "changeProfile">;

export interface Tab {
  readonly account: Account;
  /** For doors that only few use. */
  readonly ask: Ask;
  /** What is sealed on this device until its person is back. */
  readonly sealed: Pick<Keeping, "count" | "drop">;
  /** What a person asks the server to change; what comes of it comes back as events. */
  readonly asks: Asks;
  /** The line of the person who is signed in, once the device was read. */
  line(): Line | null;
  /** Notifications for the person who is signed in. */
  push(): Push | null;
  /** What that person chose last. */
  emoji(): RecentEmoji | null;
  /** Listens to what changes; the answer stops. */
  on(listen: (change: Change) => void): () => void;
  /** Lets go of the socket and the database. */
  close(): Promise<void>;
}

export function createTab(edges: TabEdges): Tab {
  const { time, report } = edges;
  const disk = openDisk({
    name: edges.database,
    jotter: createJotter(edges.jottings),
    makeRoom,
    outdated: () => changes.tell({ kind: "outdated" }),
  });
  const api = createApi(edges);
  const changes = createListeners<Change>();
  const channel = openChannel(edges.channel, hearTab);
  const keeping = createKeeping({ ...edges, disk, api, restored, failed: report });
  const account = createAccount({
    disk,
    api,
    channel,
    keeping,
    loose,
    changed: accountChanged,
    failed: report,
  });
  let line: Line | null = null;
  let push: Push | null = null;
  let emoji: RecentEmoji | null = null;
  /** Whose line is open, or being opened. */
  let person: UserId | null = null;
  /** Counts lines: one that took too long to open is not wanted any more. */
  let turn = 0;
  let closed = false;
  const lineHandlers: LineHandlers = {
    tell: changes.tell,
    sessionEnded: endedByServer,
    doubtful: () => void account.verify(),
    notOurs,
    profile: account.told,
    outboxStored: () => channel.say({ type: "outbox.changed" }),
    draftChanged: (news) => channel.say({ type: "draft.changed", ...news }),
    newsDismissed: (sessions) => channel.say({ type: "news.dismissed", sessions }),
    failed: report,
  };

  function hearTab(news: TabNews): void {
    switch (news.type) {
      case "outbox.changed":
        return line?.reloadOutbox();
      case "outbox.sent":
        return line?.sent(news.applied);
      case "draft.changed":
        if (news.user === person) line?.heardDraft(news.draft);
        return;
      case "news.dismissed":
        return line?.news.seenElsewhere(news.sessions);
      case "session.ended":
        return void account.ended(news.session, { by: "tab" });
      case "session.began":
        if (account.state() !== "signedIn") void account.restore();
        return;
      default:
        news satisfies never;
    }
  }

  function accountChanged(): void {
    // An answer that was on its way when the tab let go must not open anything again.
    if (closed) return;
    const me = account.me();
    if ((me?.id ?? null) !== person) closeLine();
    changes.tell({ kind: "account" });
    if (me && person === null) void open(me);
  }

  async function open(me: Me): Promise<void> {
    person = me.id;
    turn += 1;
    const mine = turn;
    try {
      // Who is not signed in does not load it.
      const [{ openLine }, { createPush }] = await Promise.all([import("./line.ts"), import("./push.ts")]);
      const opened = await openLine({ ...edges, disk, api, visible: edges.visible() }, me, lineHandlers);
      if (mine !== turn) return;
      line = opened;
      emoji = createRecentEmoji({ disk, user: me.id, failed: report });
      push = createPush({
        disk,
        user: me.id,
        api,
        browser: edges.push,
        language: edges.language,
        changed: () => changes.tell({ kind: "push" }),
        failed: reportUnlessUnreachable,
      });
      changes.tell({ kind: "opened" });
      opened.start();
      void push.refresh().catch(report);
    } catch (error) {
      if (mine !== turn) return;
      if (error instanceof NotOurs) return notOurs();
      report(error);
      changes.tell({ kind: "unreadable" });
      time.after(AGAIN_MS, () => {
        if (mine === turn) void open(me);
      });
    }
  }

  function closeLine(): void {
    turn += 1;
    person = null;
    line?.close();
    line = null;
    // What waits at the push service is for nobody here any more.
    if (push?.view().state === "on" && account.state() === "signedOut") {
      void edges.push?.unsubscribe().catch(report);
    }
    push = null;
    emoji = null;
    changes.tell({ kind: "closed" });
  }

  /** Without the server notifications stay as they are; the next start looks again. */
  function reportUnlessUnreachable(error: unknown): void {
    if (!(error instanceof ApiProblem)) report(error);
  }

  function endedByServer(): void {
    const session = account.me()?.session;
    if (session) void account.ended(session, { by: "server" });
  }

  function restored(user: UserId, drafts: readonly DraftRow[]): void {
    if (user === person) line?.reloadOutbox();
    channel.say({ type: "outbox.changed" });
    for (const draft of drafts) {
      if (user === person) line?.heardDraft(draft);
      channel.say({ type: "draft.changed", user, draft });
    }
  }

  /** Another tab signed somebody else in, or everybody out, or the browser has emptied the device. */
  function notOurs(): void {
    if (person === null) return;
    const had = { own: line?.own() ?? null, loose: loose() };
    closeLine();
    void account.displaced(had).catch(report);
  }

  /** Unsent messages that only this tab has, as far as it knows. */
  function loose(): readonly UnsentRow[] {
    return line?.unsent().filter(({ kept }) => kept !== "yes") ?? [];
  }

  return {
    account,
    ask: api.ask,
    sealed: keeping,
    asks: api,
    line: () => line,
    push: () => push,
    emoji: () => emoji,
    on: changes.add,
    async close() {
      closed = true;
      closeLine();
      keeping.close();
      channel.close();
      await disk.close();
    },
  };
}
