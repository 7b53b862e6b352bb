import { createTab } from "../net/tab.ts";
import type { Tab } from "../net/tab.ts";
import type { Line } from "../net/line.ts";
import type { PushBrowser } from "../net/push.ts";
import { freshName } from "./disk.ts";
import type { TestServer } from "./server.ts";
import type { BorrowedTime } from "./time.ts";

const BUILD = "2026-11-22T00:00:00.000Z";

export interface Place {
  server: TestServer;
  time: BorrowedTime;
  /** Name of the database: tabs of one device share it. */
  database?: string;
  locks?: LockManager | null;
  visible?: boolean;
  push?: PushBrowser | null;
  jottings?: Storage | null;
  /** To the other tabs; null: it hears nothing of them. */
  channel?: BroadcastChannel | null;
}

export interface TestTab extends Tab {
  readonly database: string;
  /** How often the browser was asked not to clear the device. */
  askedToPersist(): number;
  /** How often the browser was asked to see to the outbox later. */
  askedLater(): number;
  /** Errors that nobody waited for. */
  readonly reported: unknown[];
  /** The line of who is signed in; throws when there is none yet. */
  open(): Line;
  /** Resolves once `condition` holds; looked at after every change. */
  until(condition: () => boolean): Promise<void>;
  /** The same for what only the disk knows. */
  untilStored(condition: () => Promise<boolean>): Promise<void>;
  /** Resolves once the tab is live. */
  live(): Promise<void>;
}

export function openTab({
  server,
  time,
  database = freshName(),
  locks = null,
  visible = true,
  push = null,
  jottings = null,
  channel = new BroadcastChannel(database),
}: Place): TestTab {
  const reported: unknown[] = [];
  let asked = 0;
  let persisted = 0;
  const tab = createTab({
    build: BUILD,
    url: server.url,
    origin: server.origin,
    database,
    openSocket: (url) => new WebSocket(url),
    fetch: (url, request) => fetch(url, request),
    time,
    random: () => 0.5,
    locks,
    channel,
    visible: () => visible,
    jottings,
    subtle: crypto.subtle,
    persist: async () => void (persisted += 1),
    later: async () => void (asked += 1),
    push,
    language: () => "en",
    report: (error) => reported.push(error),
  });

  function open(): Line {
    const line = tab.line();
    if (!line) throw new Error("Nobody is signed in in this tab.");
    return line;
  }

  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const stop = tab.on(look);
      look();
      function look(): void {
        if (!condition()) return;
        stop();
        resolve();
      }
    });
  }

  async function untilStored(condition: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        const stop = tab.on(() => {
          stop();
          resolve();
        });
      });
      if (await condition()) return;
      await changed;
    }
  }

  return Object.assign(tab, {
    database,
    reported,
    askedLater: () => asked,
    askedToPersist: () => persisted,
    open,
    until,
    untilStored,
    live: () => until(() => tab.line()?.view().state === "live"),
  });
}
