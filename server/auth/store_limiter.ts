/**
 * rate-limiter-flexible over our store port, so that both ways to run count with the same code. The base class is what the
 * package offers for other stores; its entry point does not export it at run time, hence the deep import.
 */
import RateLimiterStoreAbstract from "rate-limiter-flexible/lib/RateLimiterStoreAbstract.js";
import { RateLimiterRes } from "rate-limiter-flexible";
import type { Counter, Store } from "../store/store.ts";

const SECOND_MS = 1_000;

export interface StoreLimiterOptions {
  store: Store;
  keyPrefix: string;
  /** How much may be consumed within one window. */
  points: number;
  windowMs: number;
}

/** Counts in fixed windows that begin with the first request in them. */
export class StoreLimiter extends RateLimiterStoreAbstract {
  readonly #store: Store;

  constructor({ store, keyPrefix, points, windowMs }: StoreLimiterOptions) {
    super({ keyPrefix, points, duration: windowMs / SECOND_MS, storeClient: store });
    this.#store = store;
  }

  _upsert(key: string, points: number, windowMs: number): Promise<Counter> {
    return this.#store.increment(key, { ttlMs: windowMs, by: points });
  }

  _get(key: string): Promise<Counter | null> {
    return this.#store.counter(key);
  }

  _delete(key: string): Promise<boolean> {
    return this.#store.delete(key);
  }

  _getRateLimiterRes(_key: string, changed: number, { value, ttlMs }: Counter): RateLimiterRes {
    return new RateLimiterRes(Math.max(this.points - value, 0), ttlMs, value, value === changed);
  }
}
