/**
 * What happened in this tab lately, for the diagnostic file: how the connection fared, and what failed. An error's message may
 * hold anything, so only its kind is noted, and where in our own files it came from, without the address they came from.
 */
import type { EpochMs } from "#protocol/ids.ts";
import { ApiProblem } from "../net/api.ts";
import type { SocketState } from "../net/socket.ts";

/** Entries that are remembered. */
const LAST = 200;
/** Places in the code that are noted of one failure. */
const PLACES = 6;
const PLACE = /([\w.-]+\.(?:js|ts|vue)):(\d+):(\d+)/g;
const KIND = /^[A-Za-z]{1,40}$/;

export interface Failure {
  /** The name of the error's class. */
  kind: string;
  /** The server's, one of a closed list; null for what did not come from there. */
  code: string | null;
  where: string[];
}

export type Entry = { at: EpochMs } & ({ connection: SocketState } | { failure: Failure });

export interface Journal {
  /** Oldest first. */
  entries(): readonly Entry[];
  connection(state: SocketState): void;
  failed(error: unknown): void;
  clear(): void;
}

export function createJournal({ now }: { now: () => EpochMs }): Journal {
  let entries: Entry[] = [];
  let state: SocketState | null = null;

  function add(entry: Entry): void {
    entries = [...entries, entry].slice(-LAST);
  }

  return {
    entries: () => entries,
    connection(next) {
      if (next === state) return;
      state = next;
      add({ at: now(), connection: next });
    },
    failed: (error) => add({ at: now(), failure: failureOf(error) }),
    clear() {
      entries = [];
      state = null;
    },
  };
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: typeof error, code: null, where: [] };
  const kind = KIND.test(error.name) ? error.name : "Error";
  const code = error instanceof ApiProblem ? error.code : null;
  // A stack may begin with the message, which is none of our business.
  const stack = (error.stack ?? "").replace(error.message, "");
  return { kind, code, where: (stack.match(PLACE) ?? []).slice(0, PLACES) };
}
