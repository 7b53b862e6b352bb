/**
 * The end of an account. One transaction takes what is the person's own from Postgres and leaves a tombstone: a bare id, which the
 * others' conversations still name. It tells them by an event. Then what the store holds goes: sessions, with their sockets on every
 * instance, presence, codes. Whoever crashes between the two, any instance finishes it.
 */
import type { Sql, TransactionSql } from "postgres";
import type { Logger } from "pino";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import type { Codes } from "../auth/codes.ts";
import type { Keys } from "../auth/keys.ts";
import { selectById } from "../auth/queries.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { Throttle } from "../auth/throttle.ts";
import type { Clock } from "../clock.ts";
import { contactRows } from "../contacts/tell.ts";
import type { Appended } from "../inbox/append.ts";
import { lockHeads, storeRows } from "../inbox/append.ts";
import type { InboxRow } from "../inbox/events.ts";
import type { Presence } from "../presence/presence.ts";
import { Refusal } from "../problem.ts";
import { partingName } from "./parting_name.ts";
import * as queries from "./queries.ts";
import type { AccountThrottle } from "./throttle.ts";

/** How often an instance looks for what somebody who crashed has not finished. */
const FINISH_EVERY_MS = 60 * 1_000;

export interface DeletionDeps {
  db: Sql;
  keys: Keys;
  clock: Clock;
  log: Logger;
  sessions: Pick<Sessions, "endAll">;
  presence: Pick<Presence, "forget">;
  codes: Pick<Codes, "forget">;
  throttle: Pick<Throttle, "forget">;
  accountThrottle: Pick<AccountThrottle, "forget">;
  /** Id of this process. */
  origin: string;
  /** Gets what was appended, after the commit. */
  appended: (appended: Appended) => void;
}

export interface Deletion {
  /** Ends the account of `user`. Throws `not_found` when there is none. */
  end(user: UserId, also?: (tx: TransactionSql) => Promise<void>): Promise<void>;
  /** Finishes what was begun and not finished. Returns how many accounts that were. */
  finish(): Promise<number>;
  start(): void;
  stop(): void;
}

export function createDeletion(deps: DeletionDeps): Deletion {
  const { db, keys, clock, log, origin } = deps;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  async function end(user: UserId, also?: (tx: TransactionSql) => Promise<void>): Promise<void> {
    const account = await selectById(db, user);
    if (account === null) throw new Refusal("not_found");
    // Named after the number, which nobody knows any more once it is gone from the row.
    const phone = keys.open(account.phoneSealed, { user, field: "phone" });
    await Promise.all([deps.codes.forget(phone), deps.throttle.forget(phone)]);
    const told = (await db.begin(async (tx) => {
      const appended = await bury(tx, user, { at: clock(), origin });
      await also?.(tx);
      return appended;
    })) as Appended;
    deps.appended(told);
    await clearStore(user);
  }

  async function clearStore(user: UserId): Promise<void> {
    await deps.presence.forget(user);
    await deps.sessions.endAll(user);
    await Promise.all([deps.accountThrottle.forget(user), deps.codes.forget(partingName(user))]);
    // What was asked for in a session before it ended may have come in after the rows went.
    await db.begin((tx) => queries.deleteOwn(tx, user));
    await queries.markCleared(db, user, clock());
  }

  async function finish(): Promise<number> {
    const users = await queries.selectUncleared(db);
    for (const user of users) await clearStore(user);
    return users.length;
  }

  async function finishAgain(): Promise<void> {
    try {
      await finish();
    } catch (error) {
      log.warn({ err: error }, "finishing the end of an account failed; it will be tried again");
    }
    if (!stopped) timer = setTimeout(finishAgain, FINISH_EVERY_MS);
  }

  return {
    end,
    finish,
    start: () => void (timer = setTimeout(finishAgain, FINISH_EVERY_MS)),
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Throws `not_found` when somebody else was faster. */
async function bury(
  tx: TransactionSql,
  user: UserId,
  { at, origin }: { at: EpochMs; origin: string },
): Promise<Appended> {
  const heads = await lockHeads(tx, [user, ...(await queries.selectPeers(tx, user))]);
  if (!(await queries.makeTombstone(tx, user, at))) throw new Refusal("not_found");
  await queries.deleteOwn(tx, user);
  await queries.endConversations(tx, user, at);
  heads.delete(user);
  const rows: InboxRow[] = [];
  for (const owner of await queries.selectOwners(tx, user)) {
    rows.push(...(await contactRows(tx, { user: owner, contact: user, heads, at })));
  }
  return storeRows(tx, rows, { heads, at, origin });
}
