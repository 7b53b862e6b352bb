import { CLOSE } from "#protocol/close_codes.ts";
import type { Person } from "#protocol/frames.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { PAGE_MESSAGES } from "#protocol/limits.ts";
import { createLog } from "./log.ts";
import type { Log } from "./log.ts";
import { startServer } from "./server.ts";
import type { TestServer } from "./server.ts";
import { openTab } from "./tab.ts";
import type { Place, TestTab } from "./tab.ts";
import { borrowTime } from "./time.ts";
import type { BorrowedTime } from "./time.ts";

/** What most tests begin with: Alice, whose contact is Bob, a server that knows that, a clock that stands still, and her tabs. */
export interface Scene {
  time: BorrowedTime;
  /** What the server knows of Alice. */
  log: Log;
  bob: Person;
  /** Hers with Bob. */
  conversation: ConversationId;
  server: TestServer;
  /** A tab that does not know yet who is signed in. It is closed with the scene. */
  open(place?: Partial<Place>): TestTab;
  /** A tab that knows who is signed in, and is level with the server. */
  live(place?: Partial<Place>): Promise<TestTab>;
  /** The server is gone, and the tab knows. */
  goOffline(tab: TestTab): Promise<void>;
  close(): Promise<void>;
}

/** `pageSize`: messages of each conversation in a snapshot. */
export function setScene({ pageSize = PAGE_MESSAGES }: { pageSize?: number } = {}): Scene {
  const time = borrowTime();
  const log = createLog({ now: time.now, pageSize });
  const { person: bob, conversation } = log.meet("Bob");
  const server = startServer(log);
  const tabs: TestTab[] = [];

  function open(place: Partial<Place> = {}): TestTab {
    const tab = openTab({ server, time, ...place });
    tabs.push(tab);
    return tab;
  }

  return {
    time,
    log,
    bob,
    conversation,
    server,
    open,
    async live(place) {
      const tab = open(place);
      await tab.account.restore();
      await tab.live();
      return tab;
    },
    async goOffline(tab) {
      server.down = true;
      server.closeAll(CLOSE.draining);
      await tab.until(() => tab.open().view().state === "waiting");
    },
    async close() {
      await Promise.all(tabs.map((tab) => tab.close()));
      await server.stop();
    },
  };
}
