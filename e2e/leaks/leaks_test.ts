import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import postgres from "postgres";
import { createClient } from "redis";
import { freshDatabase } from "../stack/borrowed.ts";
import { findLeaks } from "./leaks.ts";
import type { Secret } from "./notes.ts";
import { file, filesIn, kafkaRecords, postgresRows, redisEntries } from "./sources.ts";
import type { Source } from "./sources.ts";

const SECRETS: Secret[] = [
  { kind: "number", value: "+12025550142" },
  { kind: "address", value: "alice.0142@example.org" },
  { kind: "code", value: "481516" },
];
const undo = new AsyncDisposableStack();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-leaks-"));
  undo.defer(() => rm(folder, { recursive: true }));
});

afterAll(() => undo.disposeAsync());

describe("a leak is found", () => {
  test("in a row of Postgres, as text and as bytes", async () => {
    const database = undo.use(await freshDatabase(named("TEST_DATABASE_URL")));
    const sql = postgres(database.url, { max: 1 });
    await sql`create table people (id int, name text, hidden bytea)`;
    await sql`insert into people values (1, 'Alice', 'sealed'), (2, '+1 202 555 0142', 'sealed')`;
    expect(await leaksIn(postgresRows(database.url))).toEqual(["a number in table people"]);
    await sql`update people set name = 'Alice', hidden = ${Buffer.from("to alice.0142@example.org")}`;
    expect(await leaksIn(postgresRows(database.url))).toEqual(["an address in hex in table people"]);
    await sql`update people set hidden = 'sealed'`;
    expect(await leaksIn(postgresRows(database.url))).toEqual([]);
    await sql.end();
  });

  test("in Redis, in the name of a key and in every kind of value", async () => {
    const url = `${named("TEST_REDIS_URL")}/15`;
    const client = await createClient({ url }).connect();
    await client.set("leaks:clean", "nothing");
    await client.set("leaks:+12025550142", "nothing");
    expect(await leaksIn(redisEntries(url))).toEqual([expect.stringContaining("a number in key leaks:")]);
    await client.del("leaks:+12025550142");
    await client.set("leaks:string", "481516");
    await client.sAdd("leaks:set", "481516");
    await client.hSet("leaks:hash", "code", "481516");
    await client.zAdd("leaks:zset", { score: 1, value: "481516" });
    await client.rPush("leaks:list", "481516");
    const kinds = ["hash", "list", "set", "string", "zset"];
    expect(await leaksIn(redisEntries(url))).toEqual(kinds.map((kind) => `a code in key leaks:${kind}`));
    for (const kind of ["clean", ...kinds]) await client.del(`leaks:${kind}`);
    await client.close();
  });

  test("in a record of Kafka, in its key, its value and its headers, and in the last one too", async () => {
    const place = { brokers: named("TEST_KAFKA_BROKERS"), prefix: `leaks-${crypto.randomUUID()}` };
    const kafka = new Kafka({ brokers: place.brokers.split(","), logLevel: logLevel.NOTHING });
    const [admin, producer] = [kafka.admin(), kafka.producer()];
    await Promise.all([admin.connect(), producer.connect()]);
    const topics = ["key", "value", "headers"].map((kind) => `${place.prefix}.${kind}`);
    await admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: 2 })),
      waitForLeaders: true,
    });
    const clean = { key: "a", value: "nothing" };
    const [inKey = "", inValue = "", inHeaders = ""] = topics;
    await producer.send({ topic: inKey, messages: [clean, { key: "+12025550142", value: "x" }] });
    await producer.send({ topic: inValue, messages: [clean, { key: "a", value: "alice.0142@example.org" }] });
    await producer.send({ topic: inHeaders, messages: [{ ...clean, headers: { code: "481516" } }] });
    expect(await leaksIn(kafkaRecords(place))).toEqual([
      `a code in topic ${inHeaders}`,
      `a number in topic ${inKey}`,
      `an address in topic ${inValue}`,
    ]);
    await admin.deleteTopics({ topics });
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });

  test("in a file, however deep", async () => {
    await mkdir(join(folder, "deep/deeper"), { recursive: true });
    const path = join(folder, "deep/deeper/server.log");
    await Bun.write(path, '{"msg":"mail to alice.0142@example.org"}\n');
    expect(await leaksIn(filesIn(folder))).toEqual(["an address in file server.log"]);
    expect(await leaksIn(file(path))).toEqual(["an address in file server.log"]);
  });
});

describe("what was not looked at is no clean bill", () => {
  test("when nobody was there", () => {
    expect(findLeaks([], [])).rejects.toThrow("nobody in this run");
  });

  test("when a place is empty", () => {
    expect(findLeaks([{ source: [], codesToo: true }], SECRETS)).rejects.toThrow("empty");
  });
});

test("what tells of a leak does not leak", async () => {
  const log = [["file log", "to +12025550142"]] as const;
  expect(await findLeaks([{ source: log, codesToo: true }], SECRETS)).toEqual(["a number in file log"]);
});

function leaksIn(source: Source): Promise<string[]> {
  return findLeaks([{ source, codesToo: true }], SECRETS);
}

function named(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: \`bun run test\` sets it`);
  return value;
}
