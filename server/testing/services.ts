/** For tests only: the services that the test command starts and names in the environment. */
import { createClient } from "redis";
import type { EpochMs } from "#protocol/ids.ts";
import { connect } from "../db/connect.ts";
import type { Db } from "../db/connect.ts";
import { migrate } from "../db/migrate.ts";
import type { KafkaConfig } from "../config.ts";
import { makePartitions } from "../retention/partitions.ts";

const MAX_CONNECTIONS = 8;
/** Redis has this many unless told otherwise; the first is for everybody. */
const REDIS_DATABASES = 16;
const PARTITIONS = 3;
const RETENTION_MS = 60 * 60 * 1_000;

export interface TestDatabase {
  db: Db;
  url: string;
  /** Ends `db` and drops the database. */
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** Has the schema of this build put in; else it is empty. */
  migrated?: boolean;
  encoding?: string;
  /** Messages can be written at these moments. */
  partitionsAt?: readonly EpochMs[];
}

/** A database of its own for one test file. */
export async function testDatabase({
  migrated = true,
  encoding = "encoding 'UTF8'",
  partitionsAt = [],
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const name = uniqueName("parley_test");
  await administer(`create database ${name} ${encoding} template template0`);
  const url = new URL(required("TEST_DATABASE_URL"));
  url.pathname = `/${name}`;
  const db = connect(url.href, { maxConnections: MAX_CONNECTIONS });
  if (migrated) await migrate(db);
  for (const at of partitionsAt) await makePartitions(db, at);
  return {
    db,
    url: url.href,
    async close() {
      await db.end({ timeout: 0 });
      await administer(`drop database ${name} with (force)`);
    },
  };
}

/** The Redis of the tests. Shared by all of them: use a key prefix of your own (`uniqueName`). */
export function testRedisUrl(): string {
  return required("TEST_REDIS_URL");
}

/**
 * One of its numbered databases, for what cannot share: instances take the expired leases of all that is in theirs. In turn,
 * so that stacks which run at the same time have different ones.
 */
export async function testRedisDatabase(): Promise<string> {
  const client = createClient({ url: testRedisUrl() });
  await client.connect();
  const turn = await client.incr("parley-test-databases");
  client.destroy();
  return `${testRedisUrl()}/${1 + (turn % (REDIS_DATABASES - 1))}`;
}

/** The Kafka of the tests, under topic names of its own. The topics are not made yet. */
export function testKafka(): KafkaConfig {
  return {
    brokers: required("TEST_KAFKA_BROKERS").split(","),
    topicPrefix: uniqueName("test"),
    partitions: PARTITIONS,
    replication: 1,
    retentionMs: RETENTION_MS,
  };
}

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
}

async function administer(statement: string) {
  const db = connect(required("TEST_DATABASE_URL"), { maxConnections: 1 });
  try {
    await db.unsafe(statement);
  } finally {
    await db.end();
  }
}

function required(name: string) {
  const value = process.env[name];
  if (value) return value;
  throw new Error(
    `${name} is not set. Run the tests with \`bun run test\`, or start what they need with \`bun infra/gate/services.ts\`.`,
  );
}
