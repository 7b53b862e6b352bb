/** The one way to open Postgres. Moments and 8-byte integers are plain numbers in rows and in parameters alike. */
import postgres from "postgres";
import type { Sql } from "postgres";

/** A pool of connections, and the tag for queries. */
export type Db = Sql;

export interface ConnectOptions {
  /** Connections of this pool at most. */
  maxConnections: number;
  /** A statement that runs longer is cancelled with 57014. */
  statementTimeoutMs?: number;
}

/**
 * Statements are planned once, by indexes, whatever the parameters and however few or many the rows: a few of them are repeated
 * for days on connections that live as long. Left to its estimates, Postgres reads all of a table that was new when it planned,
 * and all of a day of millions of rows for two of them. Nothing is compiled: before Postgres 18 a scan that is "off" counts as
 * enormously dear where there is no other way, and so would be compiled anew each time, for a hundred times what it takes. As
 * words: the client drops settings that are `false`.
 */
const STEADY_PLANS = {
  jit: "off",
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  max_parallel_workers_per_gather: "0",
};

const STATEMENT_TIMEOUT_MS = 10_000;
/** A transaction that its owner forgot ends after this: it would hold its row locks for ever. */
const IDLE_IN_TRANSACTION_MS = 20_000;
const CONNECT_TIMEOUT_SECONDS = 5;
/** Wait before the next attempt to connect: doubles from the first number, never beyond the second. */
const BACKOFF_FIRST_SECONDS = 0.05;
const BACKOFF_MAX_SECONDS = 2;

/** Object ids of the built-in types, the same in every Postgres. */
const INT8 = 20;
const TIMESTAMPTZ = 1184;

const types = {
  /** Cursors, seqs and counts: all far below 2^53. */
  int8: { to: INT8, from: [INT8], serialize: String, parse: Number },
  /** Epoch milliseconds. */
  timestamptz: {
    to: TIMESTAMPTZ,
    from: [TIMESTAMPTZ],
    serialize: (at: number) => new Date(at).toISOString(),
    parse: (text: string) => Date.parse(text),
  },
};

/**
 * Opens a pool on `url`; nothing is connected before the first query. A unix socket is named as libpq does:
 * `postgres://user@localhost/database?host=/folder`. Queries reject while Postgres is out of reach and work again by
 * themselves after.
 */
export function connect(url: string, options: ConnectOptions): Db {
  const { maxConnections, statementTimeoutMs } = options;
  const { address, socket } = splitSocket(url);
  return postgres(address, {
    ...(socket === null ? {} : { path: socket }),
    max: maxConnections,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    backoff: (retries) => Math.min(BACKOFF_FIRST_SECONDS * 2 ** retries, BACKOFF_MAX_SECONDS),
    types,
    onnotice: () => {},
    connection: {
      application_name: "parley",
      TimeZone: "UTC",
      statement_timeout: statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      ...STEADY_PLANS,
    },
  });
}

/** postgres.js would hand `?host=` to the server as a setting; it wants the path of the socket itself. */
function splitSocket(url: string): { address: string; socket: string | null } {
  const address = new URL(url);
  const folder = address.searchParams.get("host");
  if (folder === null) return { address: url, socket: null };
  const port = address.port || "5432";
  address.searchParams.delete("host");
  return { address: address.href, socket: `${folder}/.s.PGSQL.${port}` };
}
