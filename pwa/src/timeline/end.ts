/**
 * Decides whether a list stays at its end. It does while the person is there, and only then: a list that jumps to the
 * newest message under somebody who reads back is as bad as one that hides it from somebody who waits. Rows that are
 * measured late move the list without anybody scrolling; so only a way upwards that no shrinking row explains leaves
 * the end.
 */

/** Closer to the end than this counts as at the end, CSS pixels. */
export const NEAR_END_PX = 48;

/** Where a list stands, CSS pixels. */
export interface Stand {
  offset: number;
  viewportSize: number;
  scrollSize: number;
}

/** A function to be asked with every scroll whether the list is at its end now. */
export function createEndKeeper(): (was: boolean, stand: Stand) => boolean {
  let last: Pick<Stand, "offset" | "scrollSize"> = { offset: 0, scrollSize: 0 };

  return (was, { offset, viewportSize, scrollSize }) => {
    const near = offset + viewportSize >= scrollSize - NEAR_END_PX;
    const pulledUp = offset < last.offset && scrollSize >= last.scrollSize;
    last = { offset, scrollSize };
    return near || (was && !pulledUp);
  };
}
