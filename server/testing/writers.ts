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
  /** Of each of these, whether it was decided on what was known. */
  known: boolean[];
}

interface TestWriterDeps {
  db: Db;
  clock: () => EpochMs;
  /** Told of each commit as it happens. */
  committed?: (appended: Appended) => void;
}

export function testWriter({ db, clock, committed }: TestWriterDeps): TestWriter {
  const commits: Appended[] = [];
  const known: boolean[] = [];
  const writer = createWriter({
    db,
    clock,
    log: quietLog,
    instance: crypto.randomUUID(),
    committed(appended, batch) {
      commits.push(appended);
      known.push(batch.known);
      committed?.(appended);
    },
  });
  return { writer, commits, known };
}

/** Tells a writer what another one has committed, as the bus does. */
export function hear({ writer }: TestWriter, { records }: Appended): void {
  for (const { kind, key, body } of records) if (kind === "inbox") writer.heard(key as UserId, body);
}

/** The frames that these have committed for somebody, one writer's after the other's. */
export function fannedOut(instances: readonly TestWriter[], user: UserId): string[] {
  const rows = instances.flatMap(({ commits }) => commits).flatMap((commit) => commit.rows);
  return rows.filter((row) => row.user === user).map(({ frame }) => frame);
}
