import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";
import type { Router } from "vue-router";

/** `still`: nothing to show, because the browser itself has shown the way, or there was none. */
export type Way = "forward" | "back" | "still";

/** Which way the person went last, for the movement of the pages on a phone. */
export function useTravel(router: Router): Readonly<Ref<Way>> {
  const way = ref<Way>("still");
  let at = position();
  let drawn = false;

  /** A swipe from the edge of a phone that draws the page itself: drawing it a second time would be a flicker. */
  function popped(event: PopStateEvent): void {
    drawn = event.hasUAVisualTransition === true;
  }

  window.addEventListener("popstate", popped);
  const stop = router.afterEach((_to, from) => {
    const next = position();
    way.value = drawn || from.matched.length === 0 ? "still" : wayFrom(at, next);
    at = next;
    drawn = false;
  });
  onScopeDispose(() => {
    stop();
    window.removeEventListener("popstate", popped);
  });
  return readonly(way);
}

/** What replaces the page it stands on is the app's own way up. */
function wayFrom(at: number, next: number): Way {
  return next > at ? "forward" : "back";
}

/** How deep the browser's history is, as the router counts. */
function position(): number {
  return Number(window.history.state?.position ?? 0);
}
