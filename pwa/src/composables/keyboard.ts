import { onScopeDispose } from "vue";

/** A visual viewport smaller than this share of the window means that a keyboard covers the rest, not a scrollbar. */
const KEYBOARD_SHARE = 0.85;

/**
 * Keeps the app above the on-screen keyboard where the browser lays the keyboard over the page instead of making the page
 * smaller (iOS does not know `interactive-widget`): the app's height is then what is left to see.
 */
export function useKeyboardRoom(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;

  function fit(): void {
    if (!viewport) return;
    const covered = viewport.scale === 1 && viewport.height < window.innerHeight * KEYBOARD_SHARE;
    const root = document.documentElement;
    if (!covered) {
      root.style.removeProperty("--viewport");
      return;
    }
    root.style.setProperty("--viewport", `${viewport.height}px`);
    window.scrollTo(0, 0);
  }

  viewport.addEventListener("resize", fit);
  onScopeDispose(() => viewport.removeEventListener("resize", fit));
}
