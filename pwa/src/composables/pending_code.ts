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
export function usePendingCode(): PendingCodeState {
  const pending = ref(read());
  if (pending.value === null) forget();

  return {
    pending: readonly(pending),
    start(next) {
      pending.value = next;
      localStorage.setItem(KEY, JSON.stringify(next));
    },
    clear() {
      pending.value = null;
      forget();
    },
  };
}

function read(): PendingCode | null {
  const text = localStorage.getItem(KEY);
  if (text === null) return null;
  const stored = parse(text);
  if (!isPendingCode(stored) || Date.now() - stored.askedAt > CODE_TTL_MS) return null;
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

function forget(): void {
  localStorage.removeItem(KEY);
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
