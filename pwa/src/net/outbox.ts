/**
 * What this device has not yet got acked, as this tab knows it. A row is on disk before anything of it is sent, and
 * leaves in the transaction that stores the message it became (db/ledger.ts). It is in memory too: when the disk does
 * not take it, it is sent all the same, and the person is told that it is not safe yet.
 */
import type { RefusedCode } from "#protocol/codes.ts";
import type { Cid } from "#protocol/ids.ts";
import type { UnsentRow } from "../db/schema.ts";

export interface Unsent extends UnsentRow {
  /** Whether the disk has it. */
  kept: "not yet" | "yes" | "failed";
  /** Committed on the server; the transaction that makes it a message has not ended yet. */
  acked: boolean;
}

export interface OutboxEdges {
  read(): Promise<UnsentRow[]>;
  keep(unsent: Omit<UnsentRow, "order">): Promise<UnsentRow>;
  refuse(refusal: { cid: Cid; code: RefusedCode }): Promise<void>;
  drop(cid: Cid): Promise<void>;
  /** The rows are others now. `stored`: on disk too, so that other tabs should look. */
  changed(change: { stored: boolean }): void;
  failed(error: unknown): void;
}

export interface Outbox {
  /** In the order of Send. */
  rows(): readonly Unsent[];
  /** Adds a row at once; resolves when it is safe, or when the disk has refused it. */
  add(unsent: Omit<UnsentRow, "order">): Promise<void>;
  acked(cid: Cid): void;
  refused(refusal: { cid: Cid; code: RefusedCode }): Promise<void>;
  discard(cid: Cid): Promise<void>;
  /** These have become messages, or have gone. */
  settled(cids: readonly Cid[]): void;
  /** Another tab changed the rows on disk. */
  reload(): Promise<void>;
}

export function createOutbox(start: readonly UnsentRow[], edges: OutboxEdges): Outbox {
  let rows: readonly Unsent[] = start.map(onDisk);
  /** Rows that a slow read must not bring back. */
  const gone = new Set<Cid>();

  function change(cid: Cid, part: Partial<Unsent>): void {
    rows = rows.map((row) => (row.cid === cid ? { ...row, ...part } : row));
  }

  function remove(cids: readonly Cid[]): void {
    for (const cid of cids) gone.add(cid);
    const left = rows.filter((row) => !gone.has(row.cid));
    if (left.length === rows.length) return;
    rows = left;
    edges.changed({ stored: false });
  }

  async function add(unsent: Omit<UnsentRow, "order">): Promise<void> {
    rows = [...rows, { ...unsent, order: Number.POSITIVE_INFINITY, kept: "not yet", acked: false }];
    edges.changed({ stored: false });
    try {
      const { order } = await edges.keep(unsent);
      change(unsent.cid, { order, kept: "yes" });
      edges.changed({ stored: true });
    } catch (error) {
      change(unsent.cid, { kept: "failed" });
      edges.failed(error);
      edges.changed({ stored: false });
    }
  }

  /** The row changes here whether or not the disk follows: it would only be refused, or dropped, again. */
  async function store(write: Promise<void>): Promise<void> {
    try {
      await write;
      edges.changed({ stored: true });
    } catch (error) {
      edges.failed(error);
    }
  }

  return {
    rows: () => rows,
    add,
    acked: (cid) => change(cid, { acked: true }),
    async refused(refusal) {
      change(refusal.cid, { refused: refusal.code });
      edges.changed({ stored: false });
      await store(edges.refuse(refusal));
    },
    async discard(cid) {
      remove([cid]);
      await store(edges.drop(cid));
    },
    settled: remove,
    async reload() {
      try {
        const stored = await edges.read();
        const known = new Map(rows.map((row) => [row.cid, row]));
        const loose = rows.filter((row) => row.kept !== "yes" && !stored.some(({ cid }) => cid === row.cid));
        const found = stored.filter((row) => !gone.has(row.cid)).map((row) => merge(row, known.get(row.cid)));
        rows = [...found, ...loose];
        edges.changed({ stored: false });
      } catch (error) {
        edges.failed(error);
      }
    },
  };
}

function onDisk(row: UnsentRow): Unsent {
  return { ...row, kept: "yes", acked: false };
}

function merge(row: UnsentRow, known: Unsent | undefined): Unsent {
  return { ...onDisk(row), acked: known?.acked ?? false };
}
