/**
 * How long each table keeps its rows: the one place that says so, read by the purge, its report and the proof. A test holds it
 * to the schema, so a new table has to say here how long it keeps what it holds.
 */
import { INVITE_TTL_MS, RETENTION_MS } from "#protocol/limits.ts";

export const DAY_MS = 24 * 60 * 60 * 1_000;

/** Whole UTC days go once they are past the retention. */
export interface KeptByDay {
  by: "day";
  /** Column that says when a row was written, and so which day it lies in. */
  moment: string;
}

/** Each row goes by itself. */
export interface KeptByRow {
  by: "row";
  /** Column of the moment that counts. A row without one (null, or 'epoch') stays. */
  moment: string;
  /** The row goes this long after the moment. */
  afterMs: number;
}

/** It tells what is so now, and no text of a message. What makes it no longer so takes the row. */
export interface KeptAsState {
  by: "state";
  /** What takes it. */
  until: string;
}

export const KEPT = {
  messages: { by: "day", moment: "sent_at" },
  // The moment is that of the message: what is known of it goes with it.
  revisions: { by: "day", moment: "sent_at" },
  inbox: { by: "day", moment: "at" },
  // What no bus took for this long: who it was for resumes without it.
  bus_outbox: { by: "row", moment: "created_at", afterMs: RETENTION_MS },
  purges: { by: "row", moment: "at", afterMs: 366 * DAY_MS },
  users: { by: "state", until: "it was deleted, and nothing that is kept names it (account/tombstones.ts)" },
  inbox_heads: { by: "state", until: "its user goes" },
  conversations: { by: "state", until: "its users go" },
  marks: { by: "state", until: "its conversation goes" },
  push_subscriptions: { by: "state", until: "its session ends, or nobody is at its address" },
  // What is left on the side that did not end it.
  contacts: { by: "row", moment: "ended_at", afterMs: RETENTION_MS },
  // A day longer than the events that tell of them.
  sign_ins: { by: "row", moment: "at", afterMs: RETENTION_MS + DAY_MS },
  // Used or not: after its time it opens nothing.
  invites: { by: "row", moment: "created_at", afterMs: INVITE_TTL_MS },
  audit: { by: "row", moment: "at", afterMs: 366 * DAY_MS },
  app_files: { by: "state", until: "its build is not among the last three" },
  log: { by: "state", until: "there is another database" },
  migrations: { by: "state", until: "there is another database" },
} as const satisfies Record<string, KeptByDay | KeptByRow | KeptAsState>;

/** The tables that are kept this way, by name. */
export function keptBy<By extends Kept["by"]>(by: By): [table: string, kept: Extract<Kept, { by: By }>][] {
  return Object.entries<Kept>(KEPT).filter(
    (entry): entry is [string, Extract<Kept, { by: By }>] => entry[1].by === by,
  );
}

type Kept = KeptByDay | KeptByRow | KeptAsState;
