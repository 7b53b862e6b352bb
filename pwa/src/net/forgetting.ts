import type { EpochMs, UserId } from "#protocol/ids.ts";
import type { Applied } from "../db/ledger.ts";
import type { Disk } from "../db/open.ts";
import { purge } from "../db/purge.ts";
import type { Time } from "./time.ts";

/** The device forgets what is older than the retention when it opens, and this often. */
const PURGE_EVERY_MS = 60 * 60 * 1_000;

export interface ForgettingEdges {
  disk: Disk;
  user: UserId;
  time: Time;
  /** The server's clock, as far as it was told. */
  serverNow: () => EpochMs;
  /** What changed; messages sent before `before` are gone. */
  purged(applied: Applied, before: EpochMs): void;
  failed(error: unknown): void;
}

/** Purges by the clock, from `start` until `close`. */
export function createForgetting({ time, serverNow, purged, failed, ...owner }: ForgettingEdges) {
  let cancel: (() => void) | null = null;

  async function forget(): Promise<void> {
    try {
      const { before, ...applied } = await purge(owner, { now: serverNow() });
      purged(applied, before);
    } catch (error) {
      failed(error);
    }
  }

  function start(): void {
    cancel = time.after(PURGE_EVERY_MS, () => {
      void forget();
      start();
    });
  }

  return { start, close: () => cancel?.() };
}
