/**
 * What a person has just typed, or sent, until the database has it. A page that is closed takes its unfinished transactions
 * with it, and nothing makes it wait; this store is written before the call returns. What is in it when the app opens
 * goes into the database first of all (settle.ts), and it is cleared with everything else of its person.
 */
import type { UserId } from "#protocol/ids.ts";
import type { DraftRow, UnsentRow } from "./schema.ts";

export type Jotting =
  { kind: "draft"; row: DraftRow } | { kind: "unsent"; row: Omit<UnsentRow, "order">; endsDraft: boolean };

export interface Jotted {
  jotting: Jotting;
  /** Strikes it out, unless something newer stands in its place. */
  strike(): void;
}

export interface Jotter {
  /** Safe once this returns. The answer strikes it out again: the database has it, or nobody wants it any more. */
  jot(user: UserId, jotting: Jotting): () => void;
  /** Messages in the order in which they were sent. */
  of(user: UserId): Jotted[];
  clear(options?: { butOf?: UserId }): void;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const PREFIX = "parley.jotting.";

/** Without a store nothing is jotted down: then the database is the first to know. */
export function createJotter(store: Store | null): Jotter {
  function keys(prefix: string): string[] {
    const all = Array.from({ length: store?.length ?? 0 }, (_, index) => store?.key(index) ?? "");
    return all.filter((key) => key.startsWith(prefix)).toSorted();
  }

  function strike(key: string, value: string): void {
    if (store?.getItem(key) === value) store.removeItem(key);
  }

  return {
    jot(user, jotting) {
      const key = `${PREFIX}${user}.${nameOf(jotting)}`;
      const value = JSON.stringify(jotting);
      try {
        store?.setItem(key, value);
      } catch {
        // Full, or not to be had: the database, which is told next, has more room and says so if not.
      }
      return () => strike(key, value);
    },
    of(user) {
      return keys(`${PREFIX}${user}.`).flatMap((key) => {
        const value = store?.getItem(key) ?? null;
        if (value === null) return [];
        return { jotting: JSON.parse(value) as Jotting, strike: () => strike(key, value) };
      });
    },
    clear({ butOf } = {}) {
      for (const key of keys(PREFIX)) {
        if (butOf === undefined || !key.startsWith(`${PREFIX}${butOf}.`)) store?.removeItem(key);
      }
    },
  };
}

function nameOf(jotting: Jotting): string {
  return jotting.kind === "draft" ? `draft.${jotting.row.conversation}` : `unsent.${jotting.row.cid}`;
}
