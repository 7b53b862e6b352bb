/** Everything that a run has left behind, as text: rows, keys, records, files. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import postgres from "postgres";
import { createClient } from "redis";

/** Where something lay, and what. */
export type Piece = readonly [place: string, text: string];
export type Source = AsyncIterable<Piece> | Iterable<Piece>;

const ROWS_AT_ONCE = 1_000;
const KAFKA_WITHIN_MS = 30_000;

/** Every row of every table, as Postgres writes it: what a dump has. */
export async function* postgresRows(url: string): AsyncGenerator<Piece> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const tables = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`;
  for (const { name } of tables) {
    for await (const rows of sql`select t::text as row from ${sql(name)} t`.cursor(ROWS_AT_ONCE)) {
      yield [`table ${name}`, rows.map(({ row }) => String(row)).join("\n")];
    }
  }
  await sql.end();
}

/** Every key with all that is under it. */
export async function* redisEntries(url: string): AsyncGenerator<Piece> {
  const client = await createClient({ url }).connect();
  for await (const keys of client.scanIterator()) {
    for (const key of keys)
      yield [`key ${key.slice(0, 40)}`, `${key}\n${JSON.stringify(await contentOf(key))}`];
  }
  await client.close();

  async function contentOf(key: string): Promise<unknown> {
    switch (await client.type(key)) {
      case "string":
        return client.get(key);
      case "set":
        return client.sMembers(key);
      case "hash":
        return client.hGetAll(key);
      case "zset":
        return client.zRange(key, 0, -1);
      case "list":
        return client.lRange(key, 0, -1);
      case "none":
        return null;
      default:
        throw new Error("a kind of key that nobody looks into");
    }
  }
}

/** Every record of the topics with that prefix, from the first to the last. */
export async function* kafkaRecords({
  brokers,
  prefix,
}: {
  brokers: string;
  prefix: string;
}): AsyncGenerator<Piece> {
  const kafka = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  const missing = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(high) > BigInt(low)) missing.set(`${topic} ${partition}`, BigInt(high) - 1n);
    }
  }
  await admin.disconnect();
  yield* await readUntilRead(kafka, { topics, missing, group: `${prefix}-leaks` });
}

async function readUntilRead(
  kafka: Kafka,
  { topics, missing, group }: { topics: string[]; missing: Map<string, bigint>; group: string },
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  if (missing.size === 0) return pieces;
  const consumer = kafka.consumer({ groupId: group });
  const { promise: read, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error("the Kafka topics were not read in time")),
    KAFKA_WITHIN_MS,
  );
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    async eachMessage({ topic, partition, message }) {
      const headers = Object.entries(message.headers ?? {})
        .flat()
        .map(String);
      const parts = [message.key?.toString(), message.value?.toString(), ...headers];
      pieces.push([`topic ${topic}`, parts.join("\n")]);
      const place = `${topic} ${partition}`;
      if (BigInt(message.offset) >= (missing.get(place) ?? -1n)) missing.delete(place);
      if (missing.size === 0) resolve();
    },
  });
  try {
    await read;
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
  return pieces;
}

/** Every file in a folder, byte for byte. */
export function* filesIn(folder: string): Generator<Piece> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = statSync(path);
    if (stat.isDirectory()) yield* filesIn(path);
    if (stat.isFile()) yield [`file ${name}`, readFileSync(path, "latin1")];
  }
}

/** One file. */
export function* file(path: string): Generator<Piece> {
  yield [`file ${path.slice(path.lastIndexOf("/") + 1)}`, readFileSync(path, "latin1")];
}
