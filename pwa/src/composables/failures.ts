import { onScopeDispose } from "vue";

/** Hears of every error that nobody caught, and of those that were reported (`reportError`). Call once. */
export function useFailures(failed: (error: unknown) => void): void {
  const gone = new AbortController();
  const { signal } = gone;
  window.addEventListener("error", ({ error }) => failed(error), { signal });
  window.addEventListener("unhandledrejection", ({ reason }) => failed(reason), { signal });
  onScopeDispose(() => gone.abort());
}
