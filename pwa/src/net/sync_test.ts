import { beforeEach, describe, expect, test } from "bun:test";
import { array, assert, asyncProperty, constant, constantFrom, integer, oneof, record } from "fast-check";
import type { Command, Person, ServerFrame, Welcome } from "#protocol/frames.ts";
import type { ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { HOLE_WAIT_MS } from "#protocol/limits.ts";
import type { Revision } from "#protocol/messages.ts";
import { applySnapshot } from "../db/apply.ts";
import { adopt, readDevice } from "../db/device.ts";
import type { Disk } from "../db/open.ts";
import { contents, openFor, summaryOf } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { mintCid } from "./cid.ts";
import { createHistory } from "./history.ts";
import type { HistoryEdges } from "./history.ts";
import { createListeners } from "./listeners.ts";
import { Sync } from "./sync.ts";

/** A tab's sync on a real database, and a server that says only what the test makes it say. */
interface Bench {
  sync: Sync;
  said: Command[];
  hellos: number;
  snapshots: number;
  caughtUp: number;
  notOurs: number;
  notStored: unknown[];
  /** Resolves once `condition` holds; looked at whenever the sync did something. */
  until(condition: () => boolean): Promise<void>;
}

let time: BorrowedTime;
let log: Log;
let bob: Person;
let conversation: ConversationId;

beforeEach(() => {
  time = borrowTime();
  log = createLog({ now: time.now });
  ({ person: bob, conversation } = log.meet("Bob"));
});

async function begin(disk: Disk, fetch = async () => log.snapshot()): Promise<Bench> {
  const device = await readDevice(disk);
  if (!device) throw new Error("The device is nobody's.");
  const did = createListeners<void>();
  const bench: Omit<Bench, "sync"> = {
    said: [],
    hellos: 0,
    snapshots: 0,
    caughtUp: 0,
    notOurs: 0,
    notStored: [],
    until: (condition) =>
      new Promise((resolve) => {
        const stop = did.add(look);
        look();
        function look(): void {
          if (!condition()) return;
          stop();
          resolve();
        }
      }),
  };
  const count = (what: "hellos" | "caughtUp" | "notOurs"): void => {
    bench[what] += 1;
    did.tell();
  };
  const sync = new Sync(
    {
      disk,
      user: log.me.id,
      start: device,
      time,
      random: () => 1,
      snapshot() {
        bench.snapshots += 1;
        return fetch();
      },
    },
    {
      say(command) {
        bench.said.push(command);
        did.tell();
      },
      hello: () => count("hellos"),
      applied: () => did.tell(),
      caughtUp: () => count("caughtUp"),
      notOurs: () => count("notOurs"),
      notStored(error) {
        bench.notStored.push(error);
        did.tell();
      },
    },
  );
  return Object.assign(bench, { sync });
}

function welcome(): Welcome {
  return { type: "welcome", epoch: log.epoch, cursor: log.head(), floor: 0, now: time.now() } as Welcome;
}

/** What a server answers to `hello`. */
function resume({ sync }: Bench): void {
  sync.hear(welcome());
  for (const event of log.after(sync.position().cursor)) sync.hear(event);
}

const level = ({ sync }: Bench) => sync.position().cursor === log.head();

/** A device that is level with the log, and its sync. */
async function connected(): Promise<{ disk: Disk; bench: Bench }> {
  const disk = await openFor(log);
  await applySnapshot({ disk, user: log.me.id }, { snapshot: log.snapshot() });
  const bench = await begin(disk);
  resume(bench);
  return { disk, bench };
}

describe("a device that has nothing yet", () => {
  test("fetches a snapshot without being told, and says hello from there", async () => {
    log.hear(bob.id, "hello");
    const disk = await openFor(log);
    const bench = await begin(disk);
    bench.sync.hear(welcome());
    bench.sync.hear({ type: "resync", reason: "epoch" });
    await bench.until(() => bench.hellos === 1);
    expect(bench.sync.position()).toEqual({ epoch: log.epoch, cursor: 2 });
    expect(bench.snapshots).toBe(1);
    expect(bench.caughtUp).toBe(0);
    resume(bench);
    expect(bench.caughtUp).toBe(1);
    expect((await summaryOf({ disk, user: log.me.id }, conversation)).last?.text).toBe("hello");
  });

  test("asks again when the snapshot does not come", async () => {
    let broken = true;
    const bench = await begin(await openFor(log), async () => {
      if (broken) throw new Error("no route");
      return log.snapshot();
    });
    await bench.until(() => bench.notStored.length === 1);
    broken = false;
    time.pass(1_500);
    await bench.until(() => bench.hellos === 1);
    expect(bench.snapshots).toBe(2);
  });

  test("does not wait to ask again once the server answers a hello", async () => {
    let broken = true;
    const bench = await begin(await openFor(log), async () => {
      if (broken) throw new Error("no route");
      return log.snapshot();
    });
    await bench.until(() => bench.notStored.length === 1);
    broken = false;
    bench.sync.hear(welcome());
    await bench.until(() => bench.hellos === 1);
    expect(bench.snapshots).toBe(2);
    expect(time.waiting()).toBe(0);
  });
});

describe("received", () => {
  test("is said after the event is on disk, and not before", async () => {
    const { disk, bench } = await connected();
    bench.said.length = 0;
    log.hear(bob.id, "hello");
    for (const event of log.after(1)) bench.sync.hear(event);
    expect(bench.said).toEqual([]);
    await bench.until(() => bench.said.length === 1);
    expect(bench.said).toEqual([{ type: "message.received", cursor: 2 }]);
    expect((await readDevice(disk))?.cursor).toBe(2);
  });

  test("is said once for a burst that was written together", async () => {
    const { bench } = await connected();
    bench.said.length = 0;
    for (let n = 0; n < 50; n += 1) log.hear(bob.id, `message ${n}`);
    for (const event of log.after(1)) bench.sync.hear(event);
    await bench.until(() => level(bench));
    expect(bench.said.length).toBeLessThanOrEqual(2);
    expect(bench.said.at(-1)).toEqual({ type: "message.received", cursor: 51 });
  });

  test("is said for messages to this person only", async () => {
    const { bench } = await connected();
    bench.said.length = 0;
    log.send({ cid: mintCid(time.now()), to: bob.id, text: "from another device" });
    log.mark({ conversation, user: bob.id, mark: "delivered", seq: 1 });
    for (const event of log.after(1)) bench.sync.hear(event);
    await bench.until(() => level(bench));
    expect(bench.said).toEqual([]);
  });

  test("is said by the next start when the tab died between storing and saying so", async () => {
    const { disk, bench } = await connected();
    log.hear(bob.id, "hello");
    for (const event of log.after(1)) bench.sync.hear(event);
    // The tab dies here: nothing that it would say is said any more.
    bench.sync.close();
    await disk.write(async () => undefined);
    const next = await begin(disk);
    expect(bench.said).toEqual([{ type: "message.received", cursor: 1 }]);
    expect(next.sync.position().cursor).toBe(2);
    next.sync.hear(welcome());
    expect(next.said).toEqual([{ type: "message.received", cursor: 2 }]);
    expect(next.caughtUp).toBe(1);
  });
});

describe("a hole", () => {
  test("that fills by itself within the wait costs no hello", async () => {
    const { bench } = await connected();
    for (const text of ["one", "two", "three"]) log.hear(bob.id, text);
    const [one, two, three] = log.after(1);
    for (const event of [two, three, one]) if (event) bench.sync.hear(event);
    await bench.until(() => level(bench));
    time.pass(HOLE_WAIT_MS);
    expect(bench.hellos).toBe(0);
  });

  test("that does not is asked for on the same connection", async () => {
    const { bench } = await connected();
    for (const text of ["lost", "arrived"]) log.hear(bob.id, text);
    for (const event of log.after(2)) bench.sync.hear(event);
    time.pass(HOLE_WAIT_MS - 1);
    expect(bench.hellos).toBe(0);
    time.pass(1);
    expect(bench.hellos).toBe(1);
    resume(bench);
    await bench.until(() => level(bench));
  });

  test("at the end shows by the head that a pong carries", async () => {
    const { bench } = await connected();
    log.hear(bob.id, "lost");
    bench.sync.hear({ type: "pong", cursor: log.head(), now: time.now() });
    time.pass(HOLE_WAIT_MS);
    expect(bench.hellos).toBe(1);
  });

  test("that asking does not fill is healed by a snapshot", async () => {
    const { bench } = await connected();
    log.hear(bob.id, "lost");
    bench.sync.hear({ type: "pong", cursor: log.head(), now: time.now() });
    for (let wait = 0; wait < 4; wait += 1) time.pass(HOLE_WAIT_MS);
    await bench.until(() => level(bench));
    expect(bench.snapshots).toBe(1);
  });

  test("is no reason to ask once the connection is gone", async () => {
    const { bench } = await connected();
    log.hear(bob.id, "lost");
    bench.sync.hear({ type: "pong", cursor: log.head(), now: time.now() });
    bench.sync.lost();
    time.pass(HOLE_WAIT_MS);
    expect(bench.hellos).toBe(0);
  });
});

describe("a resync", () => {
  test("because the log was lost replaces what is here and goes on from its cursor", async () => {
    for (let n = 0; n < 5; n += 1) log.hear(bob.id, `message ${n}`);
    const { disk, bench } = await connected();
    log.rewind(3);
    bench.sync.hear(welcome());
    await bench.until(() => bench.hellos === 1);
    expect(bench.sync.position()).toEqual({ epoch: log.epoch, cursor: 3 });
    expect((await summaryOf({ disk, user: log.me.id }, conversation)).last?.text).toBe("message 1");
  });

  test("because this device is ahead of the log takes the log's word", async () => {
    for (let n = 0; n < 5; n += 1) log.hear(bob.id, `message ${n}`);
    const { disk, bench } = await connected();
    log.forget(3);
    bench.sync.hear({ type: "resync", reason: "ahead" });
    await bench.until(() => bench.hellos === 1);
    expect((await readDevice(disk))?.cursor).toBe(3);
    expect(bench.sync.position().cursor).toBe(3);
  });

  test("is not over before its snapshot has come, whatever the server says meanwhile", async () => {
    const { bench } = await connected();
    const before = bench.caughtUp;
    bench.sync.hear({ type: "resync", reason: "behind" });
    bench.sync.hear(welcome());
    expect(bench.caughtUp).toBe(before);
    await bench.until(() => bench.hellos === 1);
    resume(bench);
    expect(bench.caughtUp).toBe(before + 1);
  });

  test("is what an event about an unknown conversation leads to", async () => {
    const { bench } = await connected();
    const carol = log.meet("Carol");
    log.hear(carol.person.id, "hi");
    const [, message] = log.after(1);
    if (message) bench.sync.hear({ ...message, cursor: 2 });
    await bench.until(() => bench.hellos === 1);
    expect(bench.snapshots).toBe(1);
  });
});

test("a device that became another person's is left alone", async () => {
  const { disk, bench } = await connected();
  await adopt(disk, createLog({ name: "Carol", now: time.now }).me);
  log.hear(bob.id, "hello");
  for (const event of log.after(1)) bench.sync.hear(event);
  await bench.until(() => bench.notOurs === 1);
  expect(bench.said.filter(({ type }) => type === "message.received")).toHaveLength(1);
});

test("an event that the disk refuses is written later, and said to be received only then", async () => {
  const { disk, bench } = await connected();
  bench.said.length = 0;
  bench.sync.close();
  let full = true;
  const narrow: Disk = {
    ...disk,
    write: (body, options) =>
      full
        ? Promise.reject(new DOMException("The disk is full.", "QuotaExceededError"))
        : disk.write(body, options),
  };
  const next = await begin(narrow);
  resume(next);
  next.said.length = 0;
  log.hear(bob.id, "hello");
  for (const event of log.after(1)) next.sync.hear(event);
  await next.until(() => next.notStored.length === 1);
  expect(next.said).toEqual([]);
  full = false;
  time.pass(1_500);
  await next.until(() => level(next));
  expect(next.said).toEqual([{ type: "message.received", cursor: 2 }]);
});

/** What happens to the person's log, and to what the server says of it on the way. */
const STEPS = oneof(
  record({
    is: constantFrom("hear", "send", "read", "their read", "meet", "alias", "block", "end", "remove", "show"),
    which: integer({ min: 0, max: 2 }),
  }),
  record({ is: constantFrom("arrives"), which: integer({ min: 1, max: 40 }) }),
  record({ is: constantFrom("revise"), which: integer({ min: 0, max: 99 }) }),
  record({
    is: constantFrom("arrives", "pong", "reconnect", "restart", "settle"),
    which: integer({ min: 1, max: 40 }),
  }),
  record({ is: constantFrom("resync", "catch up"), which: constant(1) }),
  record({ is: constantFrom("hear", "send"), which: constant(0) }),
);

test("whatever order, loss, repetition, resyncs and restarts: a device that resumed and scrolled up holds what a new one does", async () => {
  const property = asyncProperty(array(STEPS, { maxLength: 60 }), async (steps) => {
    log = createLog({ now: time.now, pageSize: 1 });
    log.meet("Bob");
    const disk = await openFor(log);
    await applySnapshot({ disk, user: log.me.id }, { snapshot: log.snapshot() });
    let bench = await begin(disk);
    bench.sync.hear(welcome());
    for (const { is, which } of steps) {
      change(is, which);
      bench = await deliver(is, { which, bench, disk });
    }
    bench.sync.lost();
    await untilLevel(bench);
    const other = await openFor(log);
    await applySnapshot({ disk: other, user: log.me.id }, { snapshot: log.snapshot() });
    await scrollUp(disk);
    await scrollUp(other);
    expect(await contents(disk)).toEqual(await contents(other));
    bench.sync.close();
    await Promise.all([disk.close(), other.close()]);
  });
  await assert(property, { numRuns: 100 });
});

function change(is: string, which: number): void {
  const { conversations } = log.snapshot();
  const {
    id,
    with: person,
    headSeq,
  } = conversations[which % conversations.length] ?? conversations[0] ?? fail();
  if (is === "hear") log.hear(person.id, `heard ${log.head()}`);
  if (is === "send") log.send({ cid: mintCid(time.now()), to: person.id, text: `sent ${log.head()}` });
  if (is === "read") log.mark({ conversation: id, user: log.me.id, mark: "read", seq: headSeq });
  if (is === "their read") log.mark({ conversation: id, user: person.id, mark: "read", seq: headSeq });
  if (is === "alias") log.settle(person.id, { alias: `alias ${log.head()}`, muted: which === 1 });
  if (is === "block") log.settle(person.id, { standing: which === 1 ? "blocked" : "contact" });
  // Somebody always stays.
  if (is === "end" && conversations.length > 1) log.settle(person.id, { standing: "ended" });
  if (is === "remove" && conversations.length > 1) log.settle(person.id, { standing: "removed" });
  if (is === "show") log.show({ name: `name ${log.head()}`, showsPresence: which === 1 });
  if (is === "revise" && headSeq > 0) revise(id, { seq: 1 + (which % headSeq), which, them: person.id });
  if (is === "meet" && conversations.length < 3) log.meet(`Person ${conversations.length}`);
}

/** Somebody does something to a message; who and what follows from `which`. */
function revise(
  conversation: ConversationId,
  { seq, which, them }: { seq: Seq; which: number; them: UserId },
): void {
  const cid = mintCid(time.now());
  const about = { cid, conversation, seq };
  const by = which % 2 === 0 ? log.me.id : them;
  const revisions: Revision[] = [
    { type: "message.edit", ...about, text: `edited ${cid}` },
    { type: "message.react", ...about, emoji: which % 3 === 0 ? null : "👍" },
    { type: "message.delete", ...about, for: "both" },
    { type: "message.delete", ...about, for: "me" },
  ];
  const revision = revisions[Math.floor(which / 2) % revisions.length];
  if (revision) log.revise(by, revision);
}

/** Answers each hello, also those that a resync ends with. */
async function untilLevel(bench: Bench): Promise<void> {
  for (let answered = -1; !level(bench);) {
    if (answered !== bench.hellos) {
      answered = bench.hellos;
      resume(bench);
    }
    await bench.until(() => level(bench) || bench.hellos !== answered);
  }
}

/** As somebody does who reads every conversation from its end to its beginning. */
async function scrollUp(disk: Disk): Promise<void> {
  const fetchPage: HistoryEdges["fetchPage"] = async (id, page) => log.page(id, page);
  const { older } = createHistory({ disk, user: log.me.id, fetchPage, applied: () => {} });
  for (const { id, headSeq } of log.snapshot().conversations) {
    for (let before = headSeq + 1; before > 1;) {
      const [first] = await older(id, before);
      before = first?.seq ?? 1;
    }
  }
}

async function deliver(
  is: string,
  { which, bench, disk }: { which: number; bench: Bench; disk: Disk },
): Promise<Bench> {
  const frame: ServerFrame | undefined =
    is === "pong" ? { type: "pong", cursor: log.head(), now: time.now() } : log.after(which - 1)[0];
  if (is === "pong" || is === "arrives") if (frame) bench.sync.hear(frame);
  if (is === "resync") bench.sync.hear({ type: "resync", reason: "behind" });
  if (is === "catch up") resume(bench);
  if (is === "settle" || is === "catch up") await disk.write(async () => undefined);
  if (is === "reconnect") {
    bench.sync.lost();
    bench.sync.hear(welcome());
  }
  if (is !== "restart") return bench;
  bench.sync.close();
  const next = await begin(disk);
  next.sync.hear(welcome());
  return next;
}

function fail(): never {
  throw new Error("The log knows nobody.");
}
