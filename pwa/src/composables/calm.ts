import { onScopeDispose } from "vue";

/** Who typed nothing for this long has come to a pause; nobody is waited for longer than the second. */
const PAUSE_MS = 3_000;
const AT_MOST_MS = 30_000;
const LOOK_EVERY_MS = 500;

export interface Moment {
  now: number;
  /** When something was last typed; null for not at all. */
  typedAt: number | null;
  /** Since when a calm moment is waited for. */
  since: number;
  hidden: boolean;
}

/** Whether the page may be taken from under its person without cutting a sentence in two. */
export function isCalm({ now, typedAt, since, hidden }: Moment): boolean {
  if (hidden || typedAt === null || now - since >= AT_MOST_MS) return true;
  return now - typedAt >= PAUSE_MS;
}

/** Waits for calm moments. What waits ends with its component. */
export function useCalm(): (run: () => void) => void {
  const gone = new AbortController();
  let typedAt: number | null = null;
  document.addEventListener("input", () => (typedAt = Date.now()), { signal: gone.signal, capture: true });
  onScopeDispose(() => gone.abort());

  return (run) => {
    const since = Date.now();
    const timer = setInterval(look, LOOK_EVERY_MS);
    gone.signal.addEventListener("abort", () => clearInterval(timer));

    function look(): void {
      const hidden = document.visibilityState === "hidden";
      if (!isCalm({ now: Date.now(), typedAt, since, hidden })) return;
      clearInterval(timer);
      run();
    }
  };
}
