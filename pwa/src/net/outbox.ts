/**
 * What this device has not yet got acked, as this tab knows it. A row is on disk before anything of it is sent, and
 * leaves in the transaction that stores the message it became (db/ledger.ts). It is in memory too: when the disk does
 * not take it, it is sent all the same, and the person is told that it is not safe yet.
 */
import type { RefusedCode } from "#protocol/codes.ts";
import type { Cid, EpochMs } from "#protocol/ids.ts";
import type { UnsentRow } from "../db/schema.ts";
import { asWanted } from "../db/unsent.ts";
import type { Wanted } from "../db/unsent.ts";

export interface Unsent extends UnsentRow {
  /** Whether the disk has it. */
  kept: "not yet" | "yes" | "failed";
  /** Committed on the server; the transaction that makes it a message has not ended yet. */
  acked: boolean;
}

/** Keeps a text; answers how to undo that. */
export type Keep = (text: string) => () => void;

export interface OutboxEdges {
  read(): Promise<UnsentRow[]>;
  /** Notes it down before it is kept, for a page that is closed at once; the answer strikes it out. */
  jot(unsent: Omit<UnsentRow, "order">, options: { endsDraft: boolean }): () => void;
  keep(unsent: Omit<UnsentRow, "order">, options: { endsDraft: boolean }): Promise<UnsentRow>;
  /** Notes that it is about to be said. False when it is not there any more. */
  keepSaid(said: { cid: Cid; now: EpochMs }): Promise<boolean>;
  refuse(refusal: { cid: Cid; code: RefusedCode }): Promise<void>;
  /** Puts it last, as sent now, unless it is on its way already; null when it is not there any more. */
  again(wanted: Wanted): Promise<UnsentRow | null>;
  /** Removes it if it never left. */
  takeBack(cid: Cid): Promise<boolean>;
  drop(cid: Cid): Promise<void>;
  /** The rows are others now. `stored`: on disk too, so that other tabs should look. */
  changed(change: { stored: boolean }): void;
  failed(error: unknown): void;
}

export interface Outbox {
  /** In the order of Send. */
  rows(): readonly Unsent[];
  /** Adds a row at once; resolves when it is safe, or when the disk has refused it. */
  add(unsent: Omit<UnsentRow, "order">, options?: { endsDraft?: boolean }): Promise<void>;
  /** It is about to be said for the first time: from here on it cannot be taken back. */
  saying(said: { cid: Cid; now: EpochMs }): Promise<void>;
  acked(cid: Cid): void;
  refused(refusal: { cid: Cid; code: RefusedCode }): Promise<void>;
  /** The person wants it sent still, or once more. */
  again(wanted: Wanted): Promise<void>;
  /**
   * Removes what has never left, or was refused, and answers its text; null when it may be on the server already. `keep` puts the
   * text elsewhere before it is gone from here, and answers how to undo that.
   */
  takeBack(cid: Cid, keep?: Keep): Promise<string | null>;
  /** Gives it up, whatever became of it. */
  discard(cid: Cid): Promise<void>;
  /** These have become messages, or have gone. */
  settled(cids: readonly Cid[]): void;
  /** Another tab changed the rows on disk. */
  reload(): Promise<void>;
}

/** Its place is known once it is on disk; until then it is the newest. */
const LAST = Number.POSITIVE_INFINITY;

export function createOutbox(start: readonly UnsentRow[], edges: OutboxEdges): Outbox {
  let rows: readonly Unsent[] = start.map(onDisk);
  /** Rows that a slow read must not bring back. */
  const gone = new Set<Cid>();
  /** What is jotted down, because the disk has not got it, or will not. */
  const jotted = new Map<Cid, () => void>();

  function find(cid: Cid): Unsent | undefined {
    return rows.find((row) => row.cid === cid);
  }

  function change(cid: Cid, part: Partial<Unsent>): void {
    rows = rows.map((row) => (row.cid === cid ? { ...row, ...part } : row));
  }

  function remove(cids: readonly Cid[]): void {
    for (const cid of cids) {
      gone.add(cid);
      strike(cid);
    }
    const left = rows.filter((row) => !gone.has(row.cid));
    if (left.length === rows.length) return;
    rows = left;
    edges.changed({ stored: false });
  }

  function strike(cid: Cid): void {
    jotted.get(cid)?.();
    jotted.delete(cid);
  }

  async function add(unsent: Omit<UnsentRow, "order">, { endsDraft = true } = {}): Promise<void> {
    rows = [...rows, { ...unsent, order: LAST, kept: "not yet", acked: false }];
    jotted.set(unsent.cid, edges.jot(unsent, { endsDraft }));
    edges.changed({ stored: false });
    try {
      const { order } = await edges.keep(unsent, { endsDraft });
      strike(unsent.cid);
      change(unsent.cid, { order, kept: "yes" });
      edges.changed({ stored: true });
    } catch (error) {
      change(unsent.cid, { kept: "failed" });
      edges.failed(error);
      edges.changed({ stored: false });
    }
  }

  async function saying(said: { cid: Cid; now: EpochMs }): Promise<void> {
    const { cid, now } = said;
    try {
      const here = find(cid)?.kept === "failed" || (await edges.keepSaid(said));
      if (!here) return remove([cid]);
    } catch (error) {
      edges.failed(error);
    }
    change(cid, { saidAt: now });
    edges.changed({ stored: true });
  }

  /** The row changes here whether or not the disk follows: it would only be refused, or dropped, again. */
  async function store(write: Promise<unknown>): Promise<void> {
    try {
      await write;
      edges.changed({ stored: true });
    } catch (error) {
      edges.failed(error);
    }
  }

  async function again(wanted: Wanted): Promise<void> {
    const { cid, as } = wanted;
    const row = find(cid);
    if (!row) return;
    try {
      const next = row.kept === "failed" ? asWanted(row, wanted) : await edges.again(wanted);
      if (!next) return remove([cid]);
      if (as !== cid) gone.add(cid);
      rows = inOrder([...rows.filter((other) => other.cid !== cid), { ...onDisk(next), kept: row.kept }]);
      edges.changed({ stored: true });
    } catch (error) {
      edges.failed(error);
    }
  }

  async function takeBack(cid: Cid, keep?: Keep): Promise<string | null> {
    const row = find(cid);
    if (!row || row.acked) return null;
    const text = row.revises?.type === "message.edit" ? row.revises.text : row.text;
    const undo = keep?.(text);
    const loose = row.kept === "failed" && (row.saidAt === null || row.refused !== null);
    const taken = loose || (await edges.takeBack(cid));
    if (!taken) {
      undo?.();
      await reload();
      return null;
    }
    remove([cid]);
    edges.changed({ stored: true });
    return text;
  }

  async function reload(): Promise<void> {
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
  }

  return {
    rows: () => rows,
    add,
    saying,
    acked: (cid) => change(cid, { acked: true }),
    async refused(refusal) {
      change(refusal.cid, { refused: refusal.code });
      edges.changed({ stored: false });
      await store(edges.refuse(refusal));
    },
    again,
    takeBack,
    async discard(cid) {
      remove([cid]);
      await store(edges.drop(cid));
    },
    settled: remove,
    reload,
  };
}

/** What has no place yet comes last, as it was added. */
function inOrder(rows: readonly Unsent[]): Unsent[] {
  return rows.toSorted((a, b) => (a.order === b.order ? 0 : a.order - b.order));
}

function onDisk(row: UnsentRow): Unsent {
  return { ...row, kept: "yes", acked: false };
}

function merge(row: UnsentRow, known: Unsent | undefined): Unsent {
  return { ...onDisk(row), acked: known?.acked ?? false };
}
