import { onScopeDispose } from "vue";
import { useTab } from "../stores/tab.ts";

/**
 * Tells the tab when the page is shown, hidden, focused, thawed or online again: each may mean that the socket died
 * unheard, or that trying again is worth it now. Call once, in the root component.
 */
export function useAttention(): void {
  const tab = useTab();
  const gone = new AbortController();
  const { signal } = gone;
  onScopeDispose(() => gone.abort());

  const check = (): void => tab.line()?.check();
  document.addEventListener(
    "visibilitychange",
    () => {
      const visible = document.visibilityState === "visible";
      tab.line()?.shown(visible);
      if (visible) check();
    },
    { signal },
  );
  window.addEventListener("focus", check, { signal });
  window.addEventListener("pageshow", check, { signal });
  window.addEventListener(
    "online",
    () => {
      check();
      // The device may have lost its copy while the session goes on: ask again now that an answer can come.
      if (tab.account.state() !== "signedIn") void tab.account.restore();
    },
    { signal },
  );
}
