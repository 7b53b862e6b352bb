/** What a run takes from services that others may use too, and gives back: a database, a Redis number, topic names. */
import { randomBytes } from "node:crypto";
import { Kafka, logLevel } from "kafkajs";
import postgres from "postgres";
import { createClient } from "redis";

/** A database of this run's own; dropped at the end, whoever is still connected. */
export async function freshDatabase(superuserUrl: string): Promise<AsyncDisposable & { url: string }> {
  const name = `parley_e2e_${randomBytes(6).toString("hex")}`;
  await administer(superuserUrl, `create database ${name} encoding 'UTF8' template template0`);
  const url = new URL(superuserUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => administer(superuserUrl, `drop database ${name} with (force)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(statement);
  await sql.end();
}

/** The highest database of a Redis that has nothing in it; emptied at the end. */
export async function emptyRedis(serverUrl: string): Promise<AsyncDisposable & { url: string }> {
  for (let number = (await databasesOf(serverUrl)) - 1; number > 0; number--) {
    const url = new URL(serverUrl);
    url.pathname = `/${number}`;
    const client = await createClient({ url: url.href }).connect();
    const size = await client.dbSize();
    await client.close();
    if (size === 0) return { url: url.href, [Symbol.asyncDispose]: () => flush(url.href) };
  }
  throw new Error("every numbered database of the Redis in TEST_REDIS_URL holds something");
}

/** How many numbered databases a Redis has: 16 unless told otherwise. */
async function databasesOf(url: string): Promise<number> {
  const client = await createClient({ url }).connect();
  const { databases } = await client.configGet("databases");
  await client.close();
  return Number(databases);
}

async function flush(url: string): Promise<void> {
  const client = await createClient({ url }).connect();
  await client.flushDb();
  await client.close();
}

/** Topics of this run's own: `migrate` makes them; deleted at the end. */
export function topicPrefix(brokers: string): AsyncDisposable & { brokers: string; prefix: string } {
  const prefix = `e2e-${randomBytes(6).toString("hex")}`;
  return {
    brokers,
    prefix,
    async [Symbol.asyncDispose]() {
      const admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
      if (topics.length > 0) await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  };
}
