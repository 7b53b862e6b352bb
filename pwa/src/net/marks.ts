import type { Refused } from "#protocol/frames.ts";
import { passes } from "./refusals.ts";
import type { Time } from "./time.ts";

/** Wait after a refusal that names none. */
const AGAIN_MS = 2_000;

export interface RefusedMarks {
  /** The server has refused something that it does not name. */
  refused(refused: Refused): void;
  close(): void;
}

/** Marks carry no id that a refusal could name: when one was refused for now, `again` says all that is not confirmed. */
export function watchRefusedMarks({ time, again }: { time: Time; again: () => void }): RefusedMarks {
  let cancel: (() => void) | null = null;
  return {
    refused({ code, retryAfterMs = AGAIN_MS }) {
      if (!passes(code)) return;
      cancel ??= time.after(retryAfterMs, () => {
        cancel = null;
        again();
      });
    },
    close: () => cancel?.(),
  };
}
