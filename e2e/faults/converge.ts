/** Whether everything has come to rest: every device live and level with its person's inbox, nothing waiting anywhere. */
import type { Sql } from "postgres";
import type { Cursor, UserId } from "#protocol/ids.ts";
import type { Crowd } from "./crowd.ts";
import type { Device } from "./device.ts";
import type { Durable } from "./durable.ts";
import { pageName, type Pages } from "./pages.ts";

export interface ConvergeDeps {
  crowd: Crowd;
  pages: Pages;
  db: Sql;
  durable: Durable;
}

const LOOK_EVERY_MS = 50;
const TELL_EVERY_MS = 5_000;
const TELL_MAX = 3;

export interface Converged {
  /** How long it took; null when it did not within the limit. */
  afterMs: number | null;
  /** What was still missing when something was for the last time, and what Postgres did when it had taken long. */
  missing: string[];
  /** What was missing, looked at now and then: whether it went on, or stood still. */
  waited: string[];
}

/** `exceptBus`: what waits for the bus may wait on, because it is down. */
export async function converge(
  deps: ConvergeDeps,
  { withinMs, exceptBus = false }: { withinMs: number; exceptBus?: boolean },
): Promise<Converged> {
  const startedAt = performance.now();
  let missing: string[] = [];
  const waited: string[] = [];
  let statements: string[] = [];
  do {
    const found = await look(deps, { exceptBus });
    const afterMs = performance.now() - startedAt;
    if (found.length === 0)
      return { afterMs: Math.round(afterMs), missing: [...missing, ...statements], waited };
    missing = found;
    if (afterMs >= waited.length * TELL_EVERY_MS) {
      waited.push(`${waitingOn(deps.crowd)} messages wait; ${found.slice(0, TELL_MAX).join(", ")}`);
      if (waited.length > 1) statements = await whatPostgresDoes(deps.db);
    }
    await Bun.sleep(LOOK_EVERY_MS);
  } while (performance.now() - startedAt < withinMs);
  return { afterMs: null, missing: [...missing, ...(await whatPostgresDoes(deps.db))], waited };
}

function waitingOn(crowd: Crowd): number {
  return crowd.devices().reduce((sum, { lines }) => sum + (lines[0]?.unsent().length ?? 0), 0);
}

/** Statements under way, and what each waits for: a lock that nobody lets go of shows here. */
async function whatPostgresDoes(db: Sql): Promise<string[]> {
  const rows = await db<{ what: string }[]>`
    select concat_ws(' ', 'Postgres:', pid, state, wait_event_type, wait_event, 'for', now() - xact_start, 'behind',
      pg_blocking_pids(pid), regexp_replace(left(query, 90), '\\s+', ' ', 'g')) as what
    from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid()`.catch(
    (error: unknown) => [{ what: `Postgres does not answer: ${String(error)}` }],
  );
  return rows.map(({ what }) => what);
}

async function look(
  { crowd, pages, db, durable }: ConvergeDeps,
  { exceptBus }: { exceptBus: boolean },
): Promise<string[]> {
  try {
    const [heads, [outbox]] = await Promise.all([
      db<{ user: UserId; head: Cursor }[]>`select user_id as "user", head from inbox_heads`,
      db<{ left: number }[]>`select count(*)::int as left from bus_outbox`,
    ]);
    const headOf = new Map(heads.map(({ user, head }) => [user, Number(head)]));
    const missing: string[] = [];
    if (!exceptBus && outbox && outbox.left > 0) missing.push(`bus_outbox has ${outbox.left} rows`);
    for (const person of crowd.people) {
      for (const device of person.devices) {
        const lack = lackOf(device, { head: headOf.get(person.id) ?? 0, durable });
        if (lack !== null) missing.push(`${device.database}: ${lack}`);
      }
    }
    // A look into a database or a browser costs more than the others: the last thing to ask.
    if (missing.length > 0) return missing;
    for (const device of crowd.devices()) {
      const sealed = device.wanted === "in" ? await device.sealed() : 0;
      if (sealed > 0) missing.push(`${device.database}: ${sealed} messages are sealed`);
    }
    for (const { account, summary } of pages.people) {
      const { device, outbox, conversations, sealed } = await summary();
      const head = headOf.get(account.id) ?? 0;
      if (device?.cursor !== head) missing.push(`${pageName(account)}: is at ${device?.cursor} of ${head}`);
      if (outbox.length > 0)
        missing.push(`${pageName(account)}: ${outbox.length} messages wait in its outbox`);
      if (sealed > 0) missing.push(`${pageName(account)}: something is sealed`);
      const untold = conversations.filter(({ toRead }) => toRead !== null).length;
      if (untold > 0) missing.push(`${pageName(account)}: ${untold} read marks are not confirmed`);
    }
    return missing;
  } catch (error) {
    return [`something does not answer: ${String(error)}`];
  }
}

function lackOf(device: Device, { head, durable }: { head: Cursor; durable: Durable }): string | null {
  if (device.wanted === "out") return null;
  const lines = device.lines;
  if (lines.length === 0 || lines.length < device.tabs.length) return "not signed in";
  for (const line of lines) {
    const { state } = line.view();
    if (state !== "live") return `its line is ${state}`;
    const waiting = line.unsent().filter((row) => row.refused === null).length;
    if (waiting > 0) return `${waiting} messages wait in its outbox`;
  }
  const unanswered = device.errands.waiting();
  if (unanswered > 0) return `${unanswered} revisions or renamings are not answered`;
  const untold = durable.untoldOf(device.database);
  if (untold > 0) return `${untold} read marks are not confirmed`;
  const cursor = durable.cursorOf(device.database);
  return cursor === head ? null : `is at ${cursor} of ${head}`;
}
