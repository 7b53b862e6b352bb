/** How everything is, as an administrator is told. */
import type { Sql } from "postgres";
import type { DependencyAnswer, SystemReport } from "#protocol/admin.ts";
import type { EpochMs } from "#protocol/ids.ts";
import type { Clock } from "../clock.ts";
import { askAll } from "../health/checks.ts";
import { readRoster } from "../instances/roster.ts";
import type { Store } from "../store/store.ts";

/** The mail server is asked at most this often: each time is a connection and a greeting. */
const ASK_MAIL_EVERY_MS = 15_000;

export interface SystemDeps {
  db: Sql;
  store: Pick<Store, "leases">;
  clock: Clock;
  dependencies: () => Promise<Record<string, DependencyAnswer>>;
  /** Resolves when the mail server lets us in. */
  verifyMail: () => Promise<void>;
  outbox: () => Promise<SystemReport["outbox"]>;
  oldestRowAt: () => Promise<EpochMs | null>;
  lastPurgeAt: () => Promise<EpochMs | null>;
}

export function createSystem({ db, store, clock, ...deps }: SystemDeps): () => Promise<SystemReport> {
  let mail: { askedAt: EpochMs; answer: ReturnType<typeof askAll> } | null = null;

  function askMail(): ReturnType<typeof askAll> {
    if (mail === null || clock() - mail.askedAt >= ASK_MAIL_EVERY_MS) {
      mail = { askedAt: clock(), answer: askAll([{ name: "mail", check: deps.verifyMail }]) };
    }
    return mail.answer;
  }

  return async () => {
    const [own, mailAnswer, instances, people, outbox, oldestRowAt, lastPurgeAt] = await Promise.all([
      deps.dependencies(),
      askMail(),
      readRoster(store),
      countPeople(db),
      deps.outbox(),
      deps.oldestRowAt(),
      deps.lastPurgeAt(),
    ]);
    const dependencies = { ...own, ...mailAnswer };
    return { now: clock(), dependencies, instances, people, outbox, oldestRowAt, lastPurgeAt };
  };
}

async function countPeople(db: Sql): Promise<SystemReport["people"]> {
  const [row] = await db<SystemReport["people"][]>`
    select count(*) filter (where suspended_at is null) as active,
      count(*) filter (where suspended_at is not null) as suspended
    from users where deleted_at is null`;
  return row ?? { active: 0, suspended: 0 };
}
