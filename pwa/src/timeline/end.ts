/**
 * Decides whether a list stays at its end. It does while the person is there, and only then: a list that jumps to the
 * newest message under somebody who reads back is as bad as one that hides it from somebody who waits. Rows that are
 * measured late move the list without anybody scrolling; so only a way upwards that no shrinking row explains leaves
 * the end. While the person has hold of the list, every way upwards is theirs, and nothing else moves it.
 */
import type { Time } from "../net/time.ts";

/** Closer to the end than this counts as at the end, CSS pixels. */
export const NEAR_END_PX = 48;

/** A wheel, a key or a finger that moved last this long ago has let go of the list; what rolls on by itself counts as moving. */
export const LETS_GO_AFTER_MS = 200;

/** Where a list stands, CSS pixels. */
export interface Stand {
  offset: number;
  viewportSize: number;
  scrollSize: number;
}

export interface EndKeeper {
  atEnd(): boolean;
  /** Goes to the end, whoever has hold of the list. */
  toEnd(): void;
  /**
   * Goes to the end once more where the list should be there: rows came, or have another size than was thought. Under somebody who
   * has hold of the list that waits until they let go.
   */
  settle(): void;
  /** The list should be at its end, and nobody has hold of it. */
  mayGo(): boolean;
  /** The list opens, or is sent, somewhere else. */
  letGo(): void;
  /** The list was scrolled, by whomever. */
  scrolled(stand: Stand): void;
  /** The person pulls the list: a wheel, a key. */
  pulled(): void;
  /** A finger, or the pointer on the scroll bar, has hold of the list until it is `released`. */
  grabbed(): void;
  released(): void;
}

export interface EndEdges {
  time: Pick<Time, "after">;
  /** Scrolls to the end. */
  go(): void;
  /** `atEnd` may be another. */
  changed(): void;
}

export function createEndKeeper({ time, go, changed }: EndEdges): EndKeeper {
  let at = true;
  let last: Pick<Stand, "offset" | "scrollSize"> = { offset: 0, scrollSize: 0 };
  let grabbed = false;
  /** It was not gone to the end because somebody had hold of the list. */
  let due = false;
  /** Of the hold that ends by itself; null when there is none. */
  let cancel: (() => void) | null = null;

  function stands(next: boolean): void {
    at = next;
    changed();
  }

  function pulled(): void {
    cancel?.();
    cancel = time.after(LETS_GO_AFTER_MS, () => {
      cancel = null;
      if (due) settle();
    });
  }

  function isHeld(): boolean {
    return grabbed || cancel !== null;
  }

  function mayGo(): boolean {
    return at && !isHeld();
  }

  function toEnd(): void {
    cancel?.();
    cancel = null;
    grabbed = false;
    stands(true);
    settle();
  }

  function settle(): void {
    due = !mayGo();
    if (!due) go();
  }

  function scrolled({ offset, viewportSize, scrollSize }: Stand): void {
    const near = offset + viewportSize >= scrollSize - NEAR_END_PX;
    const wentUp = offset < last.offset && (isHeld() || scrollSize >= last.scrollSize);
    last = { offset, scrollSize };
    // It rolls on after the wheel has stopped, and after the finger has left.
    if (cancel !== null) pulled();
    stands(near || (at && !wentUp));
  }

  return {
    atEnd: () => at,
    toEnd,
    settle,
    mayGo,
    letGo: () => stands(false),
    scrolled,
    pulled,
    grabbed: () => void (grabbed = true),
    released() {
      if (grabbed) pulled();
      grabbed = false;
    },
  };
}
