/**
 * The store: values that expire, counters, sets and leases, shared by all instances. Everything in it may be lost without
 * losing a message: sessions are then signed in again, presence is announced again.
 *
 * Guarantees of every adapter (held by `store_contract.ts`):
 * - Each call is atomic: of racing callers, `set … ifAbsent` and `delete` say true to one, `increment` gives each its own
 *   number, and `takeExpired` hands each ended lease to one caller at a time.
 * - Nothing is returned after its time to live.
 * - A call rejects when the store is out of reach; it never hangs longer than `STORE_TIMEOUT_MS`.
 */

export const STORE_TIMEOUT_MS = 2_000;

export interface Counter {
  value: number;
  /** Milliseconds until the counter is gone. */
  ttlMs: number;
}

/** A claim of `holder` (a connection) on `group` (a user) that ends by itself. */
export interface Lease {
  group: string;
  holder: string;
  value: string;
  /** Epoch milliseconds, by the store's clock. */
  expiresAt: number;
}

export interface Store {
  get(key: string): Promise<string | null>;
  /** The values of several keys at one moment, in the order of the keys. */
  values(keys: readonly string[]): Promise<(string | null)[]>;
  /** Sets the value for `ttlMs`. With `ifAbsent`, only when there is none. True when it was set. */
  set(key: string, value: string, options: { ttlMs: number; ifAbsent?: boolean }): Promise<boolean>;
  /** True when there was something to delete. */
  delete(key: string): Promise<boolean>;

  /** Adds `by` (1 unless told) to a counter. `ttlMs` counts from the counter's first increment. */
  increment(key: string, options: { ttlMs: number; by?: number }): Promise<Counter>;
  /** The counter as it stands; null when there is none. Deleted with `delete`. */
  counter(key: string): Promise<Counter | null>;

  /** Adds to a set; the whole set lives at least `ttlMs` from now. */
  add(set: string, member: string, options: { ttlMs: number }): Promise<void>;
  remove(set: string, member: string): Promise<void>;
  members(set: string): Promise<string[]>;

  /**
   * Takes or refreshes a lease: it holds `value` and ends in `ttlMs`, whatever it held before. Returns the live leases of the
   * group as they are from then on.
   */
  lease(group: string, holder: string, options: { value: string; ttlMs: number }): Promise<Lease[]>;
  /** Live leases of the groups, in any order. */
  leases(groups: readonly string[]): Promise<Lease[]>;
  /**
   * At most `limit` leases that have ended. Nobody else is handed them for `againMs`; then they are handed out again, as whoever
   * took them may have crashed, until they are dropped.
   */
  takeExpired(limit: number, options: { againMs: number }): Promise<Lease[]>;
  /** Removes leases that were handed out. One that was taken anew meanwhile stays. */
  drop(leases: readonly Lease[]): Promise<void>;

  /** Resolves when the store answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
