import { afterEach, beforeEach, expect, test } from "bun:test";
import { CLOSE } from "#protocol/close_codes.ts";
import type { Person } from "#protocol/frames.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { reportOf } from "../diagnosis/report.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import { storesOf } from "../testing/stores.ts";
import { openTab } from "../testing/tab.ts";
import type { TestTab } from "../testing/tab.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { useDiagnosis } from "./diagnosis.ts";

const SURROUNDINGS = {
  browser: "A browser",
  language: "en",
  online: true,
  visible: true,
  offlineReady: true,
  installed: false,
  touch: false,
  width: 1_280,
  height: 800,
};

let time: BorrowedTime;
let log: Log;
let bob: Person;
let conversation: ConversationId;
let server: TestServer;
let tab: TestTab;

beforeEach(async () => {
  time = borrowTime();
  log = createLog({ now: time.now });
  ({ person: bob, conversation } = log.meet("Bob Fisher"));
  server = startServer(log);
  tab = openTab({ server, time });
  storesOf(tab);
});

afterEach(async () => {
  await tab.close();
  await server.stop();
});

function report(): string {
  const diagnosis = useDiagnosis();
  return reportOf({
    now: time.now(),
    build: "2026-11-22T00:00:00.000Z",
    connection: diagnosis.link,
    queue: diagnosis.queue,
    timings: diagnosis.timings,
    holdings: diagnosis.holdings,
    room: { usedBytes: 1, quotaBytes: 2, persisted: true },
    push: tab.push()?.view() ?? null,
    surroundings: SURROUNDINGS,
    journal: diagnosis.journal(),
  });
}

/** Somebody wrote, something was sent, something is refused, waits, or is half written; the connection failed, and more. */
async function richSession(): Promise<void> {
  const diagnosis = useDiagnosis();
  await tab.account.restore();
  await tab.live();
  log.hear(bob.id, "a secret from bob");
  server.deliver();
  await tab.open().send({ conversation, to: bob.id, text: "a secret for bob" });
  await tab.until(() => tab.open().timings().length === 1 && tab.open().unsent().length === 0);
  log.mark({ conversation, user: bob.id, mark: "delivered", seq: 2 });
  server.deliver();
  await tab.until(() => tab.open().timings()[0]?.deliveredMs === 0);
  server.refuses = ({ cid }) => ({ type: "refused", cid, code: "not_a_contact" });
  await tab.open().send({ conversation, to: bob.id, text: "refused secret" });
  await tab.until(() => tab.open().unsent()[0]?.standing === "refused");
  server.down = true;
  server.closeAll(CLOSE.draining);
  await tab.until(() => tab.open().view().state === "waiting");
  await tab.open().send({ conversation, to: bob.id, text: "waiting secret" });
  tab.open().setDraft(conversation, { text: "half a secret", replyTo: null });
  await tab.open().draftsKept();
  diagnosis.failed(new TypeError("bob@example.org, +1 202 555 0101: a secret"));
  await diagnosis.count();
}

test("the file says how the device is doing, and nothing of anybody", async () => {
  await richSession();
  const text = report();
  expect(JSON.parse(text)).toMatchObject({
    build: "2026-11-22T00:00:00.000Z",
    connection: { state: "waiting", cursor: log.head(), aheadMs: 0, storing: true },
    queue: { waiting: 1, unconfirmed: 0, held: 0, refused: 1 },
    speed: { ack: { count: 1 }, delivery: { count: 1 } },
    holdings: { conversations: 1, messages: 2, unsent: 2, drafts: 1 },
    room: { usedBytes: 1, quotaBytes: 2, persisted: true },
    surroundings: { browser: "A browser" },
  });
  expect(JSON.parse(text).journal).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ connection: "live" }),
      expect.objectContaining({ connection: "waiting" }),
      expect.objectContaining({ failure: expect.objectContaining({ kind: "TypeError" }) }),
    ]),
  );
  const secrets = ["secret", log.me.name, bob.name, "Fisher", "@", "555", "127.0.0.1", "http"];
  const cids = log.events.flatMap((event) => ("cid" in event ? [String(event.cid)] : []));
  const ids = [log.me.id, bob.id, conversation, log.me.session, log.epoch, ...cids];
  expect([...secrets, ...ids].filter((word) => text.includes(word))).toEqual([]);
});

test("what a device measured is there after a reload, and gone with its person", async () => {
  await richSession();
  time.pass(3_000);
  await tab.untilStored(async () => (await tab.open().holdings()).drafts === 1);
  await tab.close();
  tab = openTab({ server, time, database: tab.database });
  storesOf(tab);
  const diagnosis = useDiagnosis();
  await tab.account.restore();
  await tab.until(() => tab.line() !== null);
  expect(diagnosis.timings).toHaveLength(1);
  await tab.account.signOut();
  expect([diagnosis.timings.length, diagnosis.journal().length]).toEqual([0, 0]);
});
