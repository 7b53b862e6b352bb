import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietLog as log } from "../testing/quiet.ts";
import { until } from "../testing/until.ts";
import { connect } from "./connect.ts";
import { openEmbeddedPostgres } from "./embedded.ts";
import { isAlive } from "./occupancy.ts";
import { chooseRunner } from "./unprivileged.ts";

const HOLDER = join(import.meta.dirname, "../testing/hold_postgres.ts");
/** Every Linux has a user with this id; initdb insists on a name. */
const ORDINARY_ID = 1;

const original = mkdtempSync(join(tmpdir(), "parley-pg-"));
beforeAll(async () => (await openEmbeddedPostgres({ dataDir: original, log })).close());
afterAll(() => rmSync(original, { recursive: true }));

/** Real processes on a machine that may be busy. */
setDefaultTimeout(60_000);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** Closed to all others, like everything that mktemp makes. */
function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), "parley-pg-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function open(dataDir: string) {
  const postgres = await openEmbeddedPostgres({ dataDir, log });
  cleanups.push(postgres.close);
  return postgres;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const db = connect(url, { maxConnections: 1 });
  try {
    return [...(await db.unsafe<object[]>(statement))];
  } finally {
    await db.end();
  }
}

/** A folder with a database in it: a copy, which is quicker than initdb. */
async function makeDatabase() {
  const folder = makeFolder();
  const copy = Bun.spawn(["cp", "-a", join(original, "postgres"), folder]);
  expect(await copy.exited).toBe(0);
  return folder;
}

/** Another Bun process that opens the folder; resolves once it has. */
async function hold(dataDir: string, wrap = (command: string[]) => command) {
  const child = Bun.spawn(wrap([process.execPath, HOLDER, dataDir]), { stdout: "pipe", stdin: "ignore" });
  let owned = false;
  cleanups.push(async () => {
    child.kill("SIGKILL");
    await child.exited;
    if (owned) await until(() => !existsSync(join(dataDir, "postgres/data/postmaster.pid")));
  });
  for await (const chunk of child.stdout) {
    const said: { url: string; owned: boolean } = JSON.parse(new TextDecoder().decode(chunk));
    owned = said.owned;
    return { child, ...said };
  }
  throw new Error("the holder ended without a word");
}

function postmasterOf(dataDir: string) {
  return Number.parseInt(readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8"), 10);
}

test("what was written is there after closing and opening again, and writes reach the disk", async () => {
  const folder = makeFolder();
  const first = await open(folder);
  await query(first.url, "create table note as select 'kept' as text");
  await first.close();
  const second = await open(folder);
  expect(second.owned).toBe(true);
  expect(await query(second.url, "select text, current_setting('fsync') as fsync from note")).toEqual([
    { text: "kept", fsync: "on" },
  ]);
});

test("closing ends the process", async () => {
  const folder = await makeDatabase();
  const postgres = await open(folder);
  const pid = postmasterOf(folder);
  expect(isAlive(pid)).toBe(true);
  await postgres.close();
  expect(isAlive(pid)).toBe(false);
});

test("whoever comes second borrows the running server and leaves it running", async () => {
  const folder = await makeDatabase();
  const { url } = await hold(folder);
  const borrowed = await open(folder);
  expect(borrowed).toMatchObject({ url, owned: false });
  await borrowed.close();
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("of starters that race for a new folder one owns the server and all can use it", async () => {
  const folder = makeFolder();
  const all = await Promise.all([hold(folder), hold(folder), open(folder)]);
  expect(all.filter((one) => one.owned)).toHaveLength(1);
  for (const { url } of all) expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a server killed with SIGKILL takes Postgres along, and the next one finds what was committed", async () => {
  const folder = await makeDatabase();
  const { child, url } = await hold(folder);
  const pid = postmasterOf(folder);
  await query(url, "create table note as select 'committed' as text");
  child.kill("SIGKILL");
  await child.exited;
  const next = await open(folder);
  expect(next.owned).toBe(true);
  expect(postmasterOf(folder)).not.toBe(pid);
  expect(await query(next.url, "select text from note")).toEqual([{ text: "committed" }]);
});

test("a Postgres that is killed is started again, with all that was committed", async () => {
  const folder = await makeDatabase();
  const { url } = await open(folder);
  await query(url, "create table note as select 'committed' as text");
  const pid = postmasterOf(folder);
  process.kill(pid, "SIGKILL");
  const answer = () => query(url, "select text from note").catch(() => []);
  await until(async () => (await answer()).length > 0);
  expect(await answer()).toEqual([{ text: "committed" }]);
  expect(postmasterOf(folder)).not.toBe(pid);
});

test("a postmaster.pid left by a crash does not matter, even when its id is another process now", async () => {
  const folder = await makeDatabase();
  const file = join(folder, "postgres/data/postmaster.pid");
  const { pid } = Bun.spawn(["true"]);
  for (const stale of [pid, process.pid]) {
    writeFileSync(file, `${stale}\n${folder}/postgres/data\n1\n5432\n${folder}\n\n  1 1\nready   \n`);
    const postgres = await open(folder);
    expect(postgres.owned).toBe(true);
    await postgres.close();
  }
});

test("a folder too deep for a socket gets its socket elsewhere", async () => {
  const folder = join(makeFolder(), "deep".repeat(30));
  const { url, owned } = await open(folder);
  expect(owned).toBe(true);
  const socketFolder = new URL(url).searchParams.get("host") ?? "";
  cleanups.push(() => rmSync(socketFolder, { recursive: true, force: true }));
  expect(socketFolder.length).toBeLessThan(folder.length);
  expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("an ordinary user opens it, and root afterwards uses it as that user", async () => {
  const folder = join(makeFolder(), "data");
  mkdirSync(folder, { mode: 0o700 });
  const runner = chooseRunner({
    owner: { uid: ORDINARY_ID, gid: ORDINARY_ID },
    paths: [HOLDER, process.execPath, folder],
  });
  if (runner.ids !== null) chownSync(folder, runner.ids.uid, runner.ids.gid);
  const { child, owned } = await hold(folder, runner.wrap);
  expect(owned).toBe(true);
  child.kill("SIGKILL");
  await child.exited;
  const again = await open(folder);
  expect(again.owned).toBe(true);
  expect(await query(again.url, "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a database that another Postgres made is refused with its version", async () => {
  const folder = await makeDatabase();
  writeFileSync(join(folder, "postgres/data/PG_VERSION"), "9\n");
  const opening = openEmbeddedPostgres({ dataDir: folder, log });
  await expect(opening).rejects.toThrow(/did not start \(its database is of Postgres 9\)/);
});
