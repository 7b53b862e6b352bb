/**
 * The tab's connection to the server as a state machine, its one owner:
 *
 *   idle → connecting → resuming → live
 *              ↑____________↓________↓
 *              waiting ←─────────────┘        any → stopped (told not to come back) · any → idle (`stop`, `rest`)
 *
 * connecting: the socket opens · resuming: `hello` is said, and what was missed comes in · live: nothing is missing ·
 * waiting: until the next attempt · stopped: the server said not to come back.
 */
import { CLOSE, CLOSE_FOR_GOOD_FROM } from "#protocol/close_codes.ts";
import type { Command, Hello, ServerFrame, Welcome } from "#protocol/frames.ts";
import type { EpochMs } from "#protocol/ids.ts";
import { PROTOCOL } from "#protocol/limits.ts";
import { backoffMs } from "./backoff.ts";
import { Connection } from "./connection.ts";
import type { OpenSocket } from "./connection.ts";
import type { Time } from "./time.ts";

/** What browsers report when a connection ended without a close frame. */
const CLOSE_WITHOUT_A_WORD = 1006;

/** A connection that was live this long was a good one: the backoff starts over. */
const STEADY_MS = 10_000;

export type SocketState = "idle" | "connecting" | "resuming" | "live" | "waiting" | "stopped";

export interface SocketEdges {
  url: string;
  /** When this build was made, as an ISO time. */
  build: string;
  openSocket: OpenSocket;
  time: Time;
  random: () => number;
}

export interface SocketHandlers {
  /** How far this device is: goes into `hello` and every ping. */
  position(): Pick<Hello, "epoch" | "cursor">;
  frame(frame: ServerFrame): void;
  moved(state: SocketState): void;
  /** The session ended, said by the server. */
  sessionEnded(): void;
  /** This build is too old for the server. */
  outdated(): void;
  /** An attempt failed before the socket opened, and the browser does not say why: ask over HTTP. */
  refused(): void;
}

export class Socket {
  readonly #edges: SocketEdges;
  readonly #handlers: SocketHandlers;
  #state: SocketState = "idle";
  #connection: Connection | null = null;
  #retryAt: EpochMs | null = null;
  #cancelRetry: () => void = () => {};
  #resting = false;
  #failures = 0;
  #liveSince: EpochMs | null = null;
  /** When to leave a server that has said `bye`. */
  #leave: { at: EpochMs; inMs: number } | null = null;

  constructor(edges: SocketEdges, handlers: SocketHandlers) {
    this.#edges = edges;
    this.#handlers = handlers;
  }

  get state(): SocketState {
    return this.#state;
  }

  /** When the next attempt is due; null unless waiting. */
  get retryAt(): EpochMs | null {
    return this.#retryAt;
  }

  start(): void {
    if (this.#state === "idle") this.#connect();
  }

  stop(): void {
    this.#resting = false;
    this.#letGo();
    this.#move("idle");
  }

  /** Connects now instead of waiting, also when the server had said not to come back. */
  tryNow(): void {
    if (this.#state === "waiting" || this.#state === "stopped") this.#connect();
  }

  /** Something happened that may have killed the connection, or brought the network back. */
  check(): void {
    if (this.#state === "waiting" || this.#resting) this.#connect();
    else this.#connection?.check(this.#ping());
  }

  /** The browser says that there is no network: what is said from here on is heard by nobody. */
  gone(): void {
    if (this.#connection) this.#ended({ code: CLOSE_WITHOUT_A_WORD, opened: true });
  }

  /** The page is put away. It comes back as it is only if no socket is open, nor opens: nothing happens until `check`. */
  rest(): void {
    if (this.#state === "idle" || this.#state === "stopped") return;
    this.#letGo();
    this.#resting = true;
    this.#move("idle");
  }

  /** Sends a command; false when there is no connection to send it on. */
  say(command: Command): boolean {
    if (this.#state !== "live" && this.#state !== "resuming") return false;
    this.#connection?.say(command);
    return true;
  }

  /** Resumes once more on the same connection, from where the device is. */
  hello(): void {
    this.say(this.#hello());
  }

  /** What was missed while away has come in. */
  caughtUp(): void {
    if (this.#state !== "resuming") return;
    this.#liveSince = this.#edges.time.now();
    this.#move("live");
  }

  #connect(): void {
    this.#resting = false;
    this.#letGo();
    this.#connection = new Connection(this.#edges, {
      opened: () => {
        this.#connection?.say(this.#hello());
        this.#move("resuming");
      },
      frame: (frame) => this.#hear(frame),
      ended: (end) => this.#ended(end),
    });
    this.#move("connecting");
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === "welcome") this.#welcomed(frame);
    if (frame.type === "bye") this.#leaveWithin(frame.withinMs);
    this.#handlers.frame(frame);
  }

  #welcomed({ heartbeatMs, minBuild }: Welcome): void {
    this.#connection?.beat(heartbeatMs, () => this.#ping());
    if (this.#edges.build < minBuild) this.#handlers.outdated();
  }

  /** Leaves at a random moment, so that the server's clients do not all arrive elsewhere at once. */
  #leaveWithin(withinMs: number): void {
    const delayMs = this.#edges.random() * withinMs;
    this.#leave = { at: this.#edges.time.now() + delayMs, inMs: delayMs };
    this.#cancelRetry();
    this.#cancelRetry = this.#edges.time.after(delayMs, () => this.#connect());
  }

  #ended({ code, opened }: { code: number; opened: boolean }): void {
    if (code >= CLOSE_FOR_GOOD_FROM) {
      this.#letGo();
      this.#move("stopped");
      if (code === CLOSE.signedOut || code === CLOSE.revoked) this.#handlers.sessionEnded();
      if (code === CLOSE.outdated) this.#handlers.outdated();
      return;
    }
    this.#wait();
    if (!opened) this.#handlers.refused();
  }

  #wait(): void {
    const { time, random } = this.#edges;
    if (this.#liveSince !== null && time.now() - this.#liveSince >= STEADY_MS) this.#failures = 0;
    const leftMs = this.#leave && Math.max(0, this.#leave.at - time.now());
    // A clock that was put back since must not make it an hour.
    const leaveInMs = this.#leave && Math.min(this.#leave.inMs, leftMs ?? 0);
    this.#letGo();
    this.#failures += 1;
    const delayMs = leaveInMs ?? backoffMs(this.#failures, random);
    this.#retryAt = time.now() + delayMs;
    this.#cancelRetry = time.after(delayMs, () => this.#connect());
    this.#move("waiting");
  }

  #letGo(): void {
    this.#cancelRetry();
    this.#retryAt = null;
    this.#leave = null;
    this.#liveSince = null;
    this.#connection?.close();
    this.#connection = null;
  }

  #move(state: SocketState): void {
    this.#state = state;
    this.#handlers.moved(state);
  }

  #hello(): Command {
    const { epoch, cursor } = this.#handlers.position();
    return { type: "hello", protocol: PROTOCOL, build: this.#edges.build, epoch, cursor };
  }

  #ping(): Command {
    return { type: "ping", cursor: this.#handlers.position().cursor };
  }
}
