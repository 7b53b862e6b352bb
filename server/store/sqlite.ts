/**
 * The store of the embedded way: a file, so that a restart signs nobody out. Calls are synchronous inside, so within one
 * process they are atomic by themselves; a second process on the same file (`bun run admin`) is kept apart by SQLite.
 */
import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../clock.ts";
import type { Counter, Lease, Store } from "./store.ts";

/** Another process holds its lock for a few milliseconds at most. */
const BUSY_TIMEOUT_MS = 1_000;
/** Expired rows are never returned; they are thrown away once in so many writes. */
const SWEEP_EVERY_WRITES = 1_000;

const SCHEMA = `
  create table if not exists entries (key text primary key, value text not null, expires_at int not null) without rowid;
  create table if not exists members (
    name text, member text, expires_at int not null, primary key (name, member)
  ) without rowid;
  create table if not exists leases (
    name text, holder text, value text not null, expires_at int not null, again_at int, primary key (name, holder)
  );
  create index if not exists leases_by_end on leases (expires_at);
`;

/** Opens the store in a file, made if it is missing; `:memory:` for one that lives as long as the process. */
export function createSqliteStore(path: string, { clock }: { clock: Clock }): Store {
  const db = openFile(path);
  let writes = 0;

  function write<T>(work: () => T): T {
    writes += 1;
    if (writes % SWEEP_EVERY_WRITES === 0) sweep(db, clock());
    return work();
  }

  return {
    get: async (key) => readEntry(db, { key, now: clock() })?.value ?? null,
    async values(keys) {
      const query = db.query<{ key: string; value: string }, [string, number]>(
        "select key, value from entries where key in (select value from json_each(?)) and expires_at > ?",
      );
      const found = new Map(query.all(JSON.stringify(keys), clock()).map(({ key, value }) => [key, value]));
      return keys.map((key) => found.get(key) ?? null);
    },
    set: async (key, value, { ttlMs, ifAbsent = false }) =>
      write(() => setEntry(db, { key, value, ttlMs, ifAbsent, now: clock() })),
    delete: async (key) =>
      write(
        () => db.query("delete from entries where key = ? and expires_at > ?").run(key, clock()).changes > 0,
      ),

    increment: async (key, { ttlMs, by = 1 }) => write(() => increment(db, { key, ttlMs, by, now: clock() })),
    async counter(key) {
      const now = clock();
      const entry = readEntry(db, { key, now });
      return entry === null ? null : toCounter(entry, now);
    },

    add: async (set, member, { ttlMs }) => write(() => addMember(db, { set, member, ttlMs, now: clock() })),
    async remove(set, member) {
      write(() => db.query("delete from members where name = ? and member = ?").run(set, member));
    },
    async members(set) {
      const query = db.query<{ member: string }, [string, number]>(
        "select member from members where name = ? and expires_at > ?",
      );
      return query.all(set, clock()).map((row) => row.member);
    },

    async lease(group, holder, { value, ttlMs }) {
      const now = clock();
      const put = db.query(
        "insert or replace into leases (name, holder, value, expires_at) values (?, ?, ?, ?)",
      );
      write(() => put.run(group, holder, value, now + ttlMs));
      return liveLeases(db, { groups: [group], now });
    },
    leases: async (groups) => liveLeases(db, { groups, now: clock() }),
    async takeExpired(limit, { againMs }) {
      const now = clock();
      return db
        .query<Lease, [Record<string, number>]>(
          `update leases set again_at = $againAt
          where rowid in (
            select rowid from leases where expires_at <= $now and coalesce(again_at <= $now, true)
            order by expires_at limit $limit
          )
          returning name as "group", holder, value, expires_at as expiresAt`,
        )
        .all({ now, againAt: now + againMs, limit });
    },
    async drop(leases) {
      if (leases.length === 0) return;
      const remove = db.query("delete from leases where name = ? and holder = ? and expires_at = ?");
      db.transaction(() => {
        for (const { group, holder, expiresAt } of leases) remove.run(group, holder, expiresAt);
      }).immediate();
    },

    async ping() {
      db.query("select 1").get();
    },
    async close() {
      db.close();
    },
  };
}

function openFile(path: string) {
  const inMemory = path === ":memory:";
  if (!inMemory) mkdirSync(dirname(path), { recursive: true });
  const db = new Database(path, { create: true, strict: true });
  // Before the first write, so that the files SQLite puts beside it are closed to others too.
  if (!inMemory) chmodSync(path, 0o600);
  db.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  db.run("pragma journal_mode = wal");
  db.run("pragma synchronous = normal");
  db.run(SCHEMA);
  // Files that were made earlier lack this column.
  db.transaction(() => {
    const column = db.query("select 1 from pragma_table_info('leases') where name = 'again_at'").get();
    if (column === null) db.run("alter table leases add column again_at int");
  }).immediate();
  return db;
}

interface Entry {
  value: string;
  expiresAt: number;
}

function readEntry(db: Database, { key, now }: { key: string; now: number }) {
  return db
    .query<Entry, [string, number]>(
      "select value, expires_at as expiresAt from entries where key = ? and expires_at > ?",
    )
    .get(key, now);
}

interface Setting {
  key: string;
  value: string;
  ttlMs: number;
  ifAbsent: boolean;
  now: number;
}

function setEntry(db: Database, { key, value, ttlMs, ifAbsent, now }: Setting) {
  const { changes } = db
    .query(
      `insert into entries values ($key, $value, $expiresAt)
      on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at
      where not $ifAbsent or entries.expires_at <= $now`,
    )
    .run({ key, value, expiresAt: now + ttlMs, ifAbsent, now });
  return changes > 0;
}

interface Incrementing {
  key: string;
  ttlMs: number;
  by: number;
  now: number;
}

function increment(db: Database, { key, ttlMs, by, now }: Incrementing): Counter {
  const entry = db
    .query<Entry, [Record<string, string | number>]>(
      `insert into entries values ($key, $by, $expiresAt)
      on conflict (key) do update set
        value = case when entries.expires_at > $now then entries.value + $by else $by end,
        expires_at = case when entries.expires_at > $now then entries.expires_at else excluded.expires_at end
      returning value, expires_at as expiresAt`,
    )
    .get({ key, by, expiresAt: now + ttlMs, now });
  if (entry === null) throw new Error("SQLite returned nothing for an increment");
  return toCounter(entry, now);
}

function toCounter({ value, expiresAt }: Entry, now: number): Counter {
  return { value: Number(value), ttlMs: expiresAt - now };
}

interface Adding {
  set: string;
  member: string;
  ttlMs: number;
  now: number;
}

/** Every member carries the life of the whole set, which never gets shorter. */
function addMember(db: Database, { set, member, ttlMs, now }: Adding) {
  const add = db.transaction(() => {
    db.query("delete from members where name = ? and expires_at <= ?").run(set, now);
    db.query("insert or ignore into members values (?, ?, 0)").run(set, member);
    db.query(
      `update members set expires_at = max($expiresAt, (select max(expires_at) from members where name = $set))
      where name = $set`,
    ).run({ set, expiresAt: now + ttlMs });
  });
  add.immediate();
}

function liveLeases(db: Database, { groups, now }: { groups: readonly string[]; now: number }): Lease[] {
  return db
    .query<Lease, [string, number]>(
      `select name as "group", holder, value, expires_at as expiresAt from leases
      where name in (select value from json_each(?)) and expires_at > ?`,
    )
    .all(JSON.stringify(groups), now);
}

function sweep(db: Database, now: number) {
  db.query("delete from entries where expires_at <= ?").run(now);
  db.query("delete from members where expires_at <= ?").run(now);
}
