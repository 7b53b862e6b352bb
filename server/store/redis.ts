/**
 * The store of many instances. node-redis reconnects by itself and lets calls wait meanwhile; here every call is given up
 * after `STORE_TIMEOUT_MS` all the same, sent or not, because somebody waits for the answer. A call that was given up may
 * still have been carried out.
 */
import { createClient, ErrorReply } from "redis";
import type { Logger } from "pino";
import { Refusal } from "../problem.ts";
import { StartError } from "../start_error.ts";
import { within } from "../within.ts";
import { SCRIPTS } from "./redis_scripts.ts";
import { STORE_TIMEOUT_MS } from "./store.ts";
import type { Lease, Store } from "./store.ts";

const CONNECT_WITHIN_MS = 10_000;
/** Wait before the next attempt to connect: doubles from the first number, never beyond the second, plus jitter. */
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;
const BACKOFF_JITTER_MS = 200;
/** A connection on which nothing came back for the second number, in spite of pings, is given up. */
const PING_EVERY_MS = 3_000;
const SILENCE_MS = 10_000;
/** Calls that may wait while Redis is away. One more rejects at once. */
const WAITING_MAX = 10_000;

export interface RedisStoreOptions {
  /** Begins every key, so that several installations can share one Redis. */
  prefix: string;
  log: Logger;
  /** How long the first connection may take; Redis may be starting as well. */
  connectWithinMs?: number;
}

/** Connects; rejects with a sentence when Redis cannot be reached within some seconds. */
export async function connectRedisStore(url: string, options: RedisStoreOptions): Promise<Store> {
  const { prefix, log, connectWithinMs = CONNECT_WITHIN_MS } = options;
  const client = openClient(url, log);
  try {
    await within(connectWithinMs, client.connect());
  } catch (cause) {
    client.destroy();
    throw new StartError("Redis at REDIS_URL cannot be reached.", { cause });
  }

  const entryKey = (key: string) => `${prefix}entry:${key}`;
  const setKey = (set: string) => `${prefix}set:${set}`;
  const leaseKeys = { hashes: `${prefix}lease:`, all: `${prefix}leases` };

  return {
    get: (key) => call(client.get(entryKey(key))),
    values: async (keys) => (keys.length === 0 ? [] : await call(client.mGet(keys.map(entryKey)))),
    async set(key, value, { ttlMs, ifAbsent = false }) {
      const expiration = { type: "PX", value: wholeMs(ttlMs) } as const;
      const options = ifAbsent ? ({ expiration, condition: "NX" } as const) : { expiration };
      return (await call(client.set(entryKey(key), value, options))) !== null;
    },
    delete: async (key) => (await call(client.del(entryKey(key)))) > 0,

    increment: (key, { ttlMs, by = 1 }) =>
      call(client.increment(entryKey(key), { by, ttlMs: wholeMs(ttlMs) })),
    counter: (key) => call(client.counter(entryKey(key))),

    add: (set, member, { ttlMs }) => call(client.addMember(setKey(set), { member, ttlMs: wholeMs(ttlMs) })),
    async remove(set, member) {
      await call(client.sRem(setKey(set), member));
    },
    members: (set) => call(client.sMembers(setKey(set))),

    async lease(group, holder, { value, ttlMs }) {
      const lease = { group, holder, value, ttlMs: wholeMs(ttlMs) };
      return toLeases(await call(client.takeLease(leaseKeys, lease)), [group]);
    },
    leases: async (groups) =>
      groups.length === 0 ? [] : toLeases(await call(client.listLeases(leaseKeys, groups)), groups),
    async takeExpired(limit, { againMs }) {
      const taken = triples(
        await call(client.takeExpiredLeases(leaseKeys, { limit, againMs: wholeMs(againMs) })),
      );
      return taken.map(([group, holder, kept]) => toLease(group, holder, kept));
    },
    async drop(leases) {
      if (leases.length > 0) await call(client.dropLeases(leaseKeys, leases));
    },

    async ping() {
      await call(client.ping());
    },
    async close() {
      if (client.isReady) await client.close();
      else client.destroy();
    },
  };
}

function openClient(url: string, log: Logger) {
  const client = createClient({
    url,
    scripts: SCRIPTS,
    pingInterval: PING_EVERY_MS,
    commandsQueueMaxLength: WAITING_MAX,
    // For calls that were not sent yet: takes them out of the queue.
    commandOptions: { timeout: STORE_TIMEOUT_MS },
    socket: {
      connectTimeout: STORE_TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries) =>
        Math.min(BACKOFF_FIRST_MS * 2 ** retries, BACKOFF_MAX_MS) + Math.random() * BACKOFF_JITTER_MS,
    },
  });
  let reachable = true;
  client.on("error", (error: unknown) => {
    if (reachable) log.error({ reason: String(error) }, "Redis is out of reach");
    reachable = false;
  });
  client.on("ready", () => {
    if (!reachable) log.info("Redis is back");
    reachable = true;
  });
  return client;
}

/** Waits for an answer, not for ever. What Redis itself refused stays an error of ours; the rest means that it is away. */
async function call<T>(answer: Promise<T>): Promise<T> {
  try {
    return await within(STORE_TIMEOUT_MS, answer);
  } catch (cause) {
    if (cause instanceof ErrorReply) throw cause;
    throw new Refusal("unavailable", { detail: "the store did not answer", cause });
  }
}

/** Redis takes whole, positive milliseconds only. */
function wholeMs(ttlMs: number) {
  return Math.max(1, Math.ceil(ttlMs));
}

function triples(flat: string[]) {
  return Array.from({ length: flat.length / 3 }, (_, index): [string, string, string] => {
    const [first = "", second = "", third = ""] = flat.slice(index * 3, index * 3 + 3);
    return [first, second, third];
  });
}

function toLeases(found: string[], groups: readonly string[]): Lease[] {
  return triples(found).map(([index, holder, kept]) =>
    toLease(groups[Number(index) - 1] ?? "", holder, kept),
  );
}

/** `kept` is "end:value". */
function toLease(group: string, holder: string, kept: string): Lease {
  const colon = kept.indexOf(":");
  return { group, holder, value: kept.slice(colon + 1), expiresAt: Number(kept.slice(0, colon)) };
}
