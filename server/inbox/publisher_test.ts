import { afterAll, beforeAll, expect, test } from "bun:test";
import type { BusRecord } from "../bus/bus.ts";
import { createMemoryHub } from "../bus/memory.ts";
import { makePair, newCid } from "../testing/people.ts";
import { quietLog } from "../testing/quiet.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { until } from "../testing/until.ts";
import type { Appended } from "./append.ts";
import { createPublisher, leaveForSweep } from "./publisher.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [Date.now()] });
});

afterAll(() => database.close());

test("what was committed is published at once, and forgotten soon after", async () => {
  const { publisher, heard } = await createInstance();
  const appended = await talk(["one", "two"]);
  publisher.publish(appended);
  await until(() => heard.length > 0);
  expect(heard).toEqual(appended.records);
  await until(async () => !(await isLeft(appended)));
  await publisher.stop();
});

test("stopping forgets what is on the bus without waiting for the time", async () => {
  const { publisher } = await createInstance();
  const appended = await talk(["bye"]);
  publisher.publish(appended);
  await publisher.stop();
  expect(await isLeft(appended)).toBe(false);
});

test("what somebody left is swept with the very frames that it was committed with, in order", async () => {
  const appended = await talk(["one", "two", "three"]);
  const { publisher, heard } = await createInstance();
  expect(await publisher.sweep({ minAgeMs: 0 })).toBe(1);
  await until(() => heard.length === appended.records.length);
  const bodies = (records: readonly BusRecord[]) => new Map(records.map(({ key, body }) => [key, body]));
  expect(bodies(heard)).toEqual(bodies(appended.records));
  expect(await isLeft(appended)).toBe(false);
  expect(await publisher.sweep({ minAgeMs: 0 })).toBe(0);
});

test("what is swept is from no instance, so that the sweeper's own people hear of it", async () => {
  const appended = await talk(["hello"]);
  const { publisher, heard } = await createInstance();
  await publisher.sweep({ minAgeMs: 0 });
  await until(() => heard.length > 0);
  expect(new Set(heard.map(({ origin }) => origin))).toEqual(new Set(["outbox"]));
  expect(appended.records.every(({ origin }) => origin !== "outbox")).toBe(true);
});

test("a record that is about no inbox is swept as it was left", async () => {
  const record: BusRecord = { topic: "events", key: "x", origin: "admin", kind: "session.ended", body: "{}" };
  await leaveForSweep(database.db, [record]);
  const { publisher, heard } = await createInstance();
  await publisher.sweep();
  await until(() => heard.length > 0);
  expect(heard).toEqual([record]);
});

test("what the bus does not take stays for the sweep", async () => {
  const appended = await talk(["patience"]);
  const bus = createMemoryHub({ log: quietLog }).join();
  await bus.close();
  const publisher = createPublisher({ db: database.db, bus, clock: Date.now, log: quietLog });
  publisher.publish(appended);
  await publisher.stop();
  expect(await isLeft(appended)).toBe(true);
  await expect(publisher.sweep({ minAgeMs: 0 })).rejects.toThrow("closed");
  expect(await isLeft(appended)).toBe(true);
  const { publisher: other } = await createInstance();
  await other.sweep({ minAgeMs: 0 });
  expect(await isLeft(appended)).toBe(false);
});

/** A publisher, and what anybody on its bus hears. */
async function createInstance() {
  const hub = createMemoryHub({ log: quietLog });
  const heard: BusRecord[] = [];
  await hub.join().subscribe((record) => void heard.push(record));
  const publisher = createPublisher({ db: database.db, bus: hub.join(), clock: Date.now, log: quietLog });
  return { publisher, heard };
}

/** A pair of people, one of whom writes to the other; the commit of it, which nobody has published. */
async function talk(texts: string[]): Promise<Appended> {
  const { alice, bob } = await makePair(database.db);
  const { writer, commits } = testWriter({ db: database.db, clock: Date.now });
  await Promise.all(
    texts.map((text) => writer.write({ kind: "send", user: alice, cid: newCid(), to: bob, text })),
  );
  const [commit, ...more] = commits;
  if (commit === undefined || more.length > 0) throw new Error("what is written at once is one commit");
  return commit;
}

async function isLeft({ outboxId }: Appended): Promise<boolean> {
  return (await database.db`select from bus_outbox where id = ${outboxId}`).count > 0;
}
