import type { Seq } from "#protocol/ids.ts";
import { ApiProblem } from "../net/api.ts";
import type { TimelineItem } from "../stores/timeline.ts";

/** here: it is shown · gone: it is not in this conversation (any more) · away: it is not on this device, and the server neither. */
export type Reached = "here" | "gone" | "away";

export interface Pages {
  readonly items: readonly TimelineItem[];
  readonly more: boolean;
  loadOlder(): Promise<void>;
}

/** Loads page after page of the open conversation until the message `seq` is among what is shown. */
export async function reach(pages: Pages, seq: Seq): Promise<Reached> {
  for (;;) {
    const first = lowest(pages.items);
    if (first <= seq) return pages.items.some((item) => item.seq === seq) ? "here" : "gone";
    if (!pages.more) return "gone";
    try {
      await pages.loadOlder();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return "away";
    }
    if (lowest(pages.items) >= first) return "gone";
  }
}

function lowest(items: readonly TimelineItem[]): Seq {
  return items.find((item) => item.seq !== null)?.seq ?? Number.POSITIVE_INFINITY;
}
