/** For tests only: what stores messages, as each instance has one. Nothing of what it commits is published. */
import type { EpochMs, UserId } from "#protocol/ids.ts";
import type { Db } from "../db/connect.ts";
import type { Appended } from "../inbox/append.ts";
import { createWriter } from "../messages/writer.ts";
import type { Writer } from "../messages/writer.ts";
import { quietLog } from "./quiet.ts";

export interface TestWriter {
  writer: Writer;
  /** What it has committed, in order. */
  commits: Appended[];
}

export function testWriter({ db, clock }: { db: Db; clock: () => EpochMs }): TestWriter {
  const commits: Appended[] = [];
  const writer = createWriter({
    db,
    clock,
    log: quietLog,
    instance: crypto.randomUUID(),
    committed: (appended) => void commits.push(appended),
  });
  return { writer, commits };
}

/** The frames that these have committed for somebody, one writer's after the other's. */
export function fannedOut(instances: readonly TestWriter[], user: UserId): string[] {
  const rows = instances.flatMap(({ commits }) => commits).flatMap((commit) => commit.rows);
  return rows.filter((row) => row.user === user).map(({ frame }) => frame);
}
