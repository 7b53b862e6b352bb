import type { Command } from "#protocol/frames.ts";
import type { Time } from "./time.ts";

/** A device in a pocket may go on saying that it is looked at; so `online` holds only while it is said again. */
const ASSERT_EVERY_MS = 27_000;

export interface Attend {
  /** The page is shown, or hidden. */
  shown(visible: boolean): void;
  live(): void;
  lost(): void;
}

/** Tells the server whether somebody looks at this tab: on every change, and again while it is true. */
export function createAttend({
  time,
  visible,
  say,
}: {
  time: Time;
  visible: boolean;
  say: (command: Command) => boolean;
}): Attend {
  let looking = visible;
  let live = false;
  let cancel: (() => void) | null = null;

  function assert(): void {
    cancel?.();
    if (!live) return;
    say({ type: "presence", state: looking ? "online" : "away" });
    if (looking) cancel = time.after(ASSERT_EVERY_MS, assert);
  }

  return {
    shown(now) {
      if (now === looking) return;
      looking = now;
      assert();
    },
    live() {
      live = true;
      assert();
    },
    lost() {
      live = false;
      cancel?.();
    },
  };
}
