import { readonly, ref } from "vue";
import type { Ref } from "vue";
import type { EpochMs } from "#protocol/ids.ts";
import { CODE_TTL_MS } from "#protocol/limits.ts";

/** A code that was asked for and not yet used. */
export interface PendingCode {
  phone: string;
  country: string | null;
  askedAt: EpochMs;
  /** Another code may be asked for from then on. */
  resendAt: EpochMs;
}

const KEY = "parley.pending-code";

export interface PendingCodeEdges {
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  clock?: () => EpochMs;
}

export interface PendingCodeState {
  pending: Readonly<Ref<PendingCode | null>>;
  start(pending: PendingCode): void;
  clear(): void;
}

/**
 * Remembers the step between "Send code" and "Sign in" while the person looks into their mailbox. Phones end an
 * installed app in the background and its session storage with it, so this is local storage; it lives no longer than
 * the code itself.
 */
export function usePendingCode({
  storage = localStorage,
  clock = Date.now,
}: PendingCodeEdges = {}): PendingCodeState {
  const pending = ref(read(storage, clock()));
  if (pending.value === null) forget();

  function forget(): void {
    storage.removeItem(KEY);
  }

  return {
    pending: readonly(pending),
    start(next) {
      pending.value = next;
      storage.setItem(KEY, JSON.stringify(next));
    },
    clear() {
      pending.value = null;
      forget();
    },
  };
}

function read(storage: PendingCodeEdges["storage"], now: EpochMs): PendingCode | null {
  const text = storage?.getItem(KEY) ?? null;
  if (text === null) return null;
  const stored = parse(text);
  if (!isPendingCode(stored) || now - stored.askedAt > CODE_TTL_MS) return null;
  return stored;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else wrote there: the same as nothing.
    return null;
  }
}

function isPendingCode(stored: unknown): stored is PendingCode {
  if (typeof stored !== "object" || stored === null) return false;
  const { phone, country, askedAt, resendAt } = stored as Record<string, unknown>;
  return (
    typeof phone === "string" &&
    (country === null || typeof country === "string") &&
    typeof askedAt === "number" &&
    typeof resendAt === "number"
  );
}
