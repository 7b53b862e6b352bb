/** Whether to tell the person that the connection is in trouble: not for a hiccup, not for the first attempt. */
import type { SocketState } from "./socket.ts";
import type { Time } from "./time.ts";

/** Failure shorter than this stays unsaid. */
const UNSAID_MS = 3_000;

export interface Trouble {
  isOn(): boolean;
  /** Told of every move of the socket. */
  moved(state: SocketState): void;
  /** The device slept: how long the failure lasted is not known, counting starts again. */
  slept(): void;
}

export function watchTrouble({ time, changed }: { time: Time; changed: () => void }): Trouble {
  let on = false;
  let failing = false;
  let cancel: (() => void) | null = null;

  function set(value: boolean): void {
    if (on === value) return;
    on = value;
    changed();
  }

  function count(): void {
    cancel?.();
    cancel = time.after(UNSAID_MS, () => set(true));
  }

  function calm(): void {
    failing = false;
    cancel?.();
    set(false);
  }

  return {
    isOn: () => on,
    moved(state) {
      switch (state) {
        case "idle":
        case "live":
          return calm();
        case "waiting":
        case "stopped":
          if (!failing) count();
          failing = true;
          return;
        case "connecting":
        case "resuming":
          return;
        default:
          state satisfies never;
      }
    },
    slept() {
      if (failing && !on) count();
    },
  };
}
