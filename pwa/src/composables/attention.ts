import { onScopeDispose } from "vue";
import { useTab } from "../stores/tab.ts";

/** Told by some browsers when the device moves from one network to another. */
interface Network {
  connection?: EventTarget;
}

/**
 * Tells the tab when the page is shown, hidden, focused, thawed, on another network or online again: each may mean that the
 * socket died unheard, or that trying again is worth it now. And when there is no network, so that nothing is said into the
 * void. Call once, in the root component.
 */
export function useAttention(): void {
  const tab = useTab();
  const gone = new AbortController();
  const { signal } = gone;
  onScopeDispose(() => gone.abort());

  const check = (): void => tab.line()?.check();

  /** What other tabs said meanwhile was not heard here. */
  function comeBack(): void {
    tab.line()?.reloadOutbox();
    void tab.account.restore();
  }

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
  // A page that is left is kept by the browser as it is, and shown again by the way back, if it holds no socket then.
  window.addEventListener("pagehide", () => tab.line()?.rest(), { signal });
  window.addEventListener(
    "pageshow",
    ({ persisted }) => {
      check();
      if (persisted) comeBack();
    },
    { signal },
  );
  (navigator as Network).connection?.addEventListener("change", check, { signal });
  window.addEventListener("offline", () => tab.line()?.gone(), { signal });
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
