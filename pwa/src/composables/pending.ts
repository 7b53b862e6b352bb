import { readonly, shallowRef } from "vue";
import type { Ref } from "vue";
import type { EpochMs } from "#protocol/ids.ts";
import { CODE_TTL_MS } from "#protocol/limits.ts";

/** A step that waits for a mailed code. */
export interface Pending {
  askedAt: EpochMs;
  /** Another code may be asked for from then on. */
  resendAt: EpochMs;
}

export interface PendingEdges {
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  clock?: () => EpochMs;
}

export interface PendingState<T> {
  pending: Readonly<Ref<T | null>>;
  /** What the person has gone back from, to change it. */
  changing: Readonly<Ref<T | null>>;
  start(pending: T): void;
  /** Another code was mailed for the same. */
  renew(next: Pending): void;
  change(): void;
  clear(): void;
}

/** What a step is kept under, and how it is known again. */
export interface PendingKind<T> {
  key: string;
  is: (stored: Record<string, unknown>) => stored is Record<string, unknown> & T;
}

/**
 * Remembers a step while the person looks into their mailbox for its code. Phones end an installed app in the background and its
 * session storage with it, so this is local storage; it lives no longer than the code itself.
 */
export function usePending<T extends Pending>(
  { key, is }: PendingKind<T>,
  { storage = localStorage, clock = Date.now }: PendingEdges = {},
): PendingState<T> {
  const pending = shallowRef<T | null>(read());
  const changing = shallowRef<T | null>(null);
  if (pending.value === null) storage.removeItem(key);

  function read(): T | null {
    const stored = parse(storage.getItem(key));
    if (typeof stored !== "object" || stored === null) return null;
    const fields = stored as Record<string, unknown>;
    if (typeof fields["askedAt"] !== "number" || typeof fields["resendAt"] !== "number") return null;
    if (clock() - fields["askedAt"] > CODE_TTL_MS || !is(fields)) return null;
    return fields;
  }

  function start(next: T): void {
    pending.value = next;
    storage.setItem(key, JSON.stringify(next));
  }

  function clear(): void {
    pending.value = null;
    storage.removeItem(key);
  }

  return {
    pending: readonly(pending) as Readonly<Ref<T | null>>,
    changing: readonly(changing) as Readonly<Ref<T | null>>,
    start,
    renew(next) {
      if (pending.value !== null) start({ ...pending.value, ...next });
    },
    change() {
      changing.value = pending.value;
      clear();
    },
    clear,
  };
}

function parse(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else wrote there: the same as nothing.
    return null;
  }
}
