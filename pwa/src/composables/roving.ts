/** Moves the focus among elements that share one tab stop, as people expect of a menu or a grid. */

export interface RovingOptions {
  /** How many stand in a row; 1 for a list. */
  columns?: number;
}

/** To be called with a key pressed inside `root`. True when the key was taken. */
export function moveFocus(
  event: KeyboardEvent,
  items: readonly HTMLElement[],
  { columns = 1 }: RovingOptions = {},
): boolean {
  const at = items.findIndex((item) => item === document.activeElement);
  const to = target(event.key, { at, last: items.length - 1, columns, rtl: isRtl(event) });
  if (to === null) return false;
  event.preventDefault();
  items[to]?.focus();
  return true;
}

function target(
  key: string,
  { at, last, columns, rtl }: { at: number; last: number; columns: number; rtl: boolean },
): number | null {
  const within = (index: number): number => Math.max(0, Math.min(last, index));
  switch (key) {
    case "ArrowDown":
      return at + columns > last && columns > 1 ? at : within(at + columns);
    case "ArrowUp":
      return at - columns < 0 && columns > 1 ? at : within(at < 0 ? last : at - columns);
    case "ArrowRight":
      return within(rtl ? at - 1 : at + 1);
    case "ArrowLeft":
      return within(rtl ? at + 1 : at - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

function isRtl({ currentTarget }: KeyboardEvent): boolean {
  return currentTarget instanceof Element && getComputedStyle(currentTarget).direction === "rtl";
}
