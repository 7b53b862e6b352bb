import { onScopeDispose } from "vue";

export interface Shortcuts {
  /** "?": what the keys do. */
  help: () => void;
  /** "/": what was said. */
  search: () => void;
  /** Escape: out of the conversation. */
  leave: () => void;
  /** Alt with an arrow: to the conversation above (-1) or below (1). */
  step: (by: -1 | 1) => void;
}

/** The keys that work everywhere in the app. What is handled by the part that has the focus does not come here. */
export function useShortcuts({ help, search, leave, step }: Shortcuts): void {
  function press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || inDialog()) return;
    const act = actOf(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  function actOf(event: KeyboardEvent): (() => void) | null {
    if (event.ctrlKey || event.metaKey) return null;
    if (event.altKey && event.key === "ArrowUp") return () => step(-1);
    if (event.altKey && event.key === "ArrowDown") return () => step(1);
    if (event.altKey) return null;
    if (event.key === "?" && !isWriting(event.target)) return help;
    if (event.key === "/" && !isWriting(event.target)) return search;
    return event.key === "Escape" ? leave : null;
  }

  document.addEventListener("keydown", press);
  onScopeDispose(() => document.removeEventListener("keydown", press));
}

/** A question mark in a text is a question mark. */
function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches("input:not([type='radio'], [type='checkbox']), textarea, select")
  );
}

/** A dialog or a menu has the keys to itself. */
function inDialog(): boolean {
  return document.querySelector(".v-overlay--active") !== null;
}
