/**
 * The way to the server: the socket, what keeps the device level over it (sync.ts), and the signs that it is in trouble
 * or that the device slept.
 */
import type { Command, ServerFrame, WireLimits } from "#protocol/frames.ts";
import type { Cursor, EpochMs } from "#protocol/ids.ts";
import { Socket } from "./socket.ts";
import type { SocketEdges, SocketState } from "./socket.ts";
import { Sync } from "./sync.ts";
import type { SyncEdges, SyncHandlers } from "./sync.ts";
import { watchTrouble } from "./trouble.ts";
import { watchClock } from "./wake.ts";

export interface LinkView {
  state: SocketState;
  /** By this device's clock; null unless waiting. */
  retryAt: EpochMs | null;
  troubled: boolean;
  mustReload: boolean;
  /** False while the disk does not take what comes in. */
  storing: boolean;
  /** How far this device has the inbox. */
  cursor: Cursor;
  /** The server's clock less this device's; null while the server has not told. */
  aheadMs: number | null;
}

export interface LinkHandlers extends Pick<SyncHandlers, "applied" | "notOurs"> {
  /** Commands can be said: `hello` has been. */
  connected(): void;
  /** Nothing is missing any more. */
  live(limits: WireLimits): void;
  lost(): void;
  /** Every frame, after the link has seen to its own. */
  frame(frame: ServerFrame): void;
  changed(): void;
  /** The server has ended the session. */
  sessionEnded(): void;
  /** An attempt to connect failed, and it may be that the session has ended. */
  doubtful(): void;
  failed(error: unknown): void;
}

export interface Link {
  start(): void;
  close(): void;
  view(): LinkView;
  /** The server's clock, as far as it was told. */
  serverNow(): EpochMs;
  /** False when there is no connection. */
  say(command: Command): boolean;
  /** Says once more how far this device has the inbox. */
  sayReceived(): void;
  /** Connects now instead of waiting. */
  tryNow(): void;
  /** Something happened that may have killed the connection, or brought the network back. */
  check(): void;
  /** There is no network any more. */
  gone(): void;
  /** The page is put away, and may come back as it is: then `check` connects. */
  rest(): void;
}

/** What concerns more than the line. */
export type Links = Pick<Link, "view" | "tryNow" | "check" | "gone" | "rest" | "serverNow">;

export function linksOf({ view, tryNow, check, gone, rest, serverNow }: Link): Links {
  return { view, tryNow, check, gone, rest, serverNow };
}

export function createLink(edges: SocketEdges & SyncEdges, handlers: LinkHandlers): Link {
  const { time } = edges;
  let limits: WireLimits | null = null;
  let aheadMs: number | null = null;
  let mustReload = false;
  let storing = true;
  let stopWatching: (() => void) | null = null;

  const trouble = watchTrouble({ time, changed: handlers.changed });
  const socket = new Socket(edges, {
    position: () => sync.position(),
    frame: hear,
    moved,
    sessionEnded: handlers.sessionEnded,
    refused: handlers.doubtful,
    outdated() {
      mustReload = true;
      handlers.changed();
    },
  });
  const sync: Sync = new Sync(edges, {
    say: (command) => socket.say(command),
    hello: () => socket.hello(),
    caughtUp: () => socket.caughtUp(),
    notOurs: handlers.notOurs,
    applied(applied, by) {
      setStoring(true);
      handlers.applied(applied, by);
    },
    notStored(error) {
      setStoring(false);
      handlers.failed(error);
    },
  });

  function hear(frame: ServerFrame): void {
    if (frame.type === "welcome") limits = frame.limits;
    if (frame.type === "welcome" || frame.type === "pong") aheadMs = frame.now - time.now();
    sync.hear(frame);
    handlers.frame(frame);
  }

  function moved(state: SocketState): void {
    trouble.moved(state);
    if (state === "resuming") handlers.connected();
    else if (state === "live") {
      if (limits) handlers.live(limits);
    } else {
      sync.lost();
      handlers.lost();
    }
    handlers.changed();
  }

  function setStoring(value: boolean): void {
    if (storing === value) return;
    storing = value;
    handlers.changed();
  }

  function woke(): void {
    trouble.slept();
    socket.check();
  }

  return {
    start() {
      stopWatching = watchClock({ time, woke });
      socket.start();
    },
    close() {
      stopWatching?.();
      sync.close();
      socket.stop();
    },
    view: () => ({
      state: socket.state,
      retryAt: socket.retryAt,
      troubled: trouble.isOn(),
      mustReload,
      storing,
      cursor: sync.position().cursor,
      aheadMs,
    }),
    serverNow: () => time.now() + (aheadMs ?? 0),
    say: (command) => socket.say(command),
    sayReceived: () => sync.sayReceived(),
    tryNow: () => socket.tryNow(),
    check: () => socket.check(),
    gone: () => socket.gone(),
    rest: () => socket.rest(),
  };
}
