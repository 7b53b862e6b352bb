import { onScopeDispose } from "vue";

/** Does `work` now and again, for as long as the page is looked at. `work` must not reject. */
export function useRepeat(work: () => Promise<void>, { everyMs }: { everyMs: number }): void {
  let timer = 0;
  let over = false;

  async function turn(): Promise<void> {
    clearTimeout(timer);
    if (document.visibilityState === "visible") await work();
    if (!over) timer = window.setTimeout(turn, everyMs);
  }

  function wake(): void {
    if (document.visibilityState === "visible") void turn();
  }

  void turn();
  document.addEventListener("visibilitychange", wake);
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", wake);
  });
}
