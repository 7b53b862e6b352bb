import type { EpochMs } from "#protocol/ids.ts";

const KEY = "parley.shared";
/** Long enough for a code that comes late, and for another one; not for whoever comes to this browser tomorrow. */
const WAITS_MS = 60 * 60 * 1_000;

export interface SharedEdges {
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  clock?: () => EpochMs;
}

/**
 * What another app shared while nobody was signed in: it waits for who signs in next. Local storage, because the way to the mailbox
 * may end an installed app (pending.ts).
 */
export function useShared({ storage = localStorage, clock = Date.now }: SharedEdges = {}) {
  return {
    keep: (text: string): void => storage.setItem(KEY, `${clock()} ${text}`),
    /** Null when nothing waits. */
    waiting(): string | null {
      const [, keptAt, text] = /^(\d+) (.+)$/s.exec(storage.getItem(KEY) ?? "") ?? [];
      if (text !== undefined && clock() - Number(keptAt) <= WAITS_MS) return text;
      storage.removeItem(KEY);
      return null;
    },
    /** It is in front of its person, or nobody's any more. */
    drop: (): void => storage.removeItem(KEY),
  };
}
