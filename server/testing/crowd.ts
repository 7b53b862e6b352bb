/**
 * For measuring only: makes many people in pairs of contacts, by the product's own code, and prints each as a line of JSON.
 * Thousands of mailed codes would measure the mail server, so with `--sessions` the sessions are opened on the store
 * directly, as the end of a sign-in does. With `--events` everybody's inbox has grown by so many messages, spread over the last
 * week by a borrowed clock.
 *
 * usage: bun server/testing/crowd.ts --pairs 50 --first 1 [--sessions] [--events 5000]     (environment as the server's)
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { addUserIn } from "../auth/new_account.ts";
import { createCookies } from "../auth/cookies.ts";
import { createKeys } from "../auth/keys.ts";
import { loadOrMakeKeys } from "../auth/keys_file.ts";
import { selectEpoch } from "../auth/queries.ts";
import { createSessions } from "../auth/sessions.ts";
import { systemClock } from "../clock.ts";
import { readConfig } from "../config.ts";
import { connectUsers } from "../contacts/connect.ts";
import { connect } from "../db/connect.ts";
import { openEmbeddedPostgres } from "../db/embedded.ts";
import { selectState } from "../inbox/queries.ts";
import { createWriter } from "../messages/writer.ts";
import { connectRedisStore } from "../store/redis.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import type { UserId } from "#protocol/ids.ts";
import { newCid } from "./people.ts";
import { quietLog } from "./quiet.ts";

const CONNECTIONS = 6;
/** Pairs in one transaction. */
const PAIRS_AT_ONCE = 20;
const HISTORY_MS = 6.5 * 24 * 60 * 60 * 1_000;
const ORIGIN = "crowd";
/** Country code, then ten digits: far more numbers than anybody needs. */
const NUMBERS_FROM = 12_120_000_000;

interface Person {
  id: UserId;
  name: string;
  phone: string;
  email: string;
}

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "1" },
    first: { type: "string", default: "1" },
    events: { type: "string", default: "0" },
    sessions: { type: "boolean", default: false },
  },
});
const config = readConfig();
const keys = createKeys(config.keys ?? (await loadOrMakeKeys(config.dataDir)));
const embedded =
  config.databaseUrl === null ? await openEmbeddedPostgres({ dataDir: config.dataDir, log: quietLog }) : null;
const db = connect(config.databaseUrl ?? embedded?.url ?? "", { maxConnections: CONNECTIONS });
const store =
  config.redisUrl === null
    ? createSqliteStore(join(config.dataDir, "store.sqlite"), { clock: systemClock })
    : await connectRedisStore(config.redisUrl, { prefix: "parley:", log: quietLog });
const sessions = createSessions({ store, clock: systemClock, onEnded: () => {} });
const cookies = createCookies(config);

const people = await makePeople({ first: Number(values.first), pairs: Number(values.pairs) });
if (Number(values.events) > 0) await converse(people, Number(values.events));
const epoch = await selectEpoch(db);
for (const person of people) {
  const cookie = values.sessions ? await openSession(person) : null;
  const cursor = (await selectState(db, person.id))?.head ?? 0;
  process.stdout.write(`${JSON.stringify({ ...person, epoch, cursor, cookie })}\n`);
}
await Promise.all([store.close(), db.end()]);
await embedded?.close();

/** People with running numbers; each odd one and the next are contacts. */
async function makePeople({ first, pairs }: { first: number; pairs: number }): Promise<Person[]> {
  const made: Person[] = [];
  const starts = Array.from({ length: Math.ceil(pairs / PAIRS_AT_ONCE) }, (_, at) => at * PAIRS_AT_ONCE);
  async function work() {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const count = Math.min(PAIRS_AT_ONCE, pairs - start);
      const numbers = Array.from({ length: count }, (_, at) => first + 2 * (start + at));
      const added = await db.begin((tx) => Promise.all(numbers.map((number) => makePair(tx, number))));
      made.push(...(added as Person[][]).flat());
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return made.toSorted((a, b) => a.phone.localeCompare(b.phone));
}

async function makePair(tx: Parameters<typeof addUserIn>[0], number: number): Promise<Person[]> {
  const names = [number, number + 1].map((own) => ({
    name: `Person ${own}`,
    phone: `+${NUMBERS_FROM + own}`,
    email: `person-${own}@example.org`,
  }));
  const pair: Person[] = [];
  for (const { name, phone, email } of names) {
    const id = await addUserIn(tx, { name, phone, email }, { keys, clock: systemClock });
    pair.push({ id, name, phone, email });
  }
  const [one, other] = pair;
  if (one === undefined || other === undefined) throw new Error("a pair is two people");
  await connectUsers(tx, [one.id, other.id], { at: systemClock(), origin: ORIGIN });
  return pair;
}

/** Each pair writes `events` messages, in turns, oldest first. Not published: who reads them was away. */
async function converse(everybody: Person[], events: number): Promise<void> {
  let at = systemClock() - HISTORY_MS;
  const stepMs = HISTORY_MS / events;
  const writer = createWriter({
    db,
    clock: () => Math.floor(at),
    log: quietLog,
    instance: ORIGIN,
    committed: () => {},
  });
  const day = Math.ceil(events / 7);
  for (let written = 0; written < events; written += day) {
    const writes = [];
    for (let turn = written; turn < Math.min(written + day, events); turn++) {
      for (let first = 0; first + 1 < everybody.length; first += 2) {
        const [one, other] = [everybody[first + (turn % 2)], everybody[first + 1 - (turn % 2)]];
        if (one === undefined || other === undefined) continue;
        const text = `message ${turn} of a week that somebody was away, sixty.`;
        writes.push(writer.write({ kind: "send", user: one.id, cid: newCid(), to: other.id, text }));
      }
    }
    const outcomes = await Promise.all(writes);
    const lost = outcomes.find((outcome) => outcome.is !== "sent");
    if (lost !== undefined)
      throw new Error(`a message of the history was not stored: ${JSON.stringify(lost)}`);
    at += stepMs * day;
  }
}

async function openSession({ id }: Person): Promise<string> {
  const { token } = await sessions.open({ user: id, device: "Load tool" });
  return `${cookies.session.name}=${token}`;
}
