/**
 * One WebSocket, from opening to closing. `readyState` proves nothing: phones and sleep kill sockets without a word. So
 * a deadline is set whenever an answer is due, anything heard lifts it, and a connection that misses it is given up at
 * once, without waiting for a close handshake that will not come.
 */
import type { Command, ServerFrame } from "#protocol/frames.ts";
import type { Time } from "./time.ts";

/** The socket must be open within this time. */
const OPEN_WITHIN_MS = 5_000;
/** The answer to `hello` and to a ping must come within this time. */
const ANSWER_WITHIN_MS = 10_000;
/** The same when there is reason to doubt the connection. */
const CHECK_WITHIN_MS = 3_000;

/** What browsers report when a connection ended without a close frame. */
const ABNORMAL = 1006;

export type OpenSocket = (url: string) => WebSocket;

export interface ConnectionHandlers {
  /** The socket is open: say hello. */
  opened(): void;
  frame(frame: ServerFrame): void;
  /** Told once, and never after `close`. `opened`: whether it had been open. */
  ended(end: { code: number; opened: boolean }): void;
}

export class Connection {
  readonly #socket: WebSocket;
  readonly #time: Time;
  readonly #handlers: ConnectionHandlers;
  #opened = false;
  #over = false;
  #deadlineAt = Number.POSITIVE_INFINITY;
  #cancelDeadline: () => void = () => {};
  #cancelBeat: (() => void) | null = null;

  constructor(
    { url, openSocket, time }: { url: string; openSocket: OpenSocket; time: Time },
    handlers: ConnectionHandlers,
  ) {
    this.#time = time;
    this.#handlers = handlers;
    this.#socket = openSocket(url);
    this.#socket.addEventListener("open", () => this.#open());
    this.#socket.addEventListener("message", ({ data }) => this.#hear(data));
    this.#socket.addEventListener("close", ({ code }) => this.#end(code));
    this.#expect(OPEN_WITHIN_MS);
  }

  say(command: Command): void {
    if (this.#opened && !this.#over) this.#socket.send(JSON.stringify(command));
  }

  /** Pings every `everyMs` with what `ping` makes, from the first call on. */
  beat(everyMs: number, ping: () => Command): void {
    this.#cancelBeat ??= this.#time.after(everyMs, () => {
      this.#ask(ping(), ANSWER_WITHIN_MS);
      this.#cancelBeat = null;
      this.beat(everyMs, ping);
    });
  }

  /** Asks for a sign of life now. */
  check(ping: Command): void {
    if (this.#opened) this.#ask(ping, CHECK_WITHIN_MS);
  }

  /** Lets go of the socket; nothing is heard from it any more. */
  close(): void {
    this.#leave();
  }

  #open(): void {
    if (this.#over) return;
    this.#opened = true;
    this.#relax();
    this.#expect(ANSWER_WITHIN_MS);
    this.#handlers.opened();
  }

  #hear(data: unknown): void {
    if (this.#over) return;
    this.#relax();
    const frame = readFrame(data);
    if (frame) this.#handlers.frame(frame);
  }

  #ask(command: Command, withinMs: number): void {
    this.#expect(withinMs);
    this.say(command);
  }

  /** The earliest deadline holds: asking again does not buy a dead connection time. */
  #expect(withinMs: number): void {
    const dueAt = this.#time.now() + withinMs;
    if (this.#deadlineAt <= dueAt) return;
    this.#relax();
    this.#deadlineAt = dueAt;
    this.#cancelDeadline = this.#time.after(withinMs, () => this.#end(ABNORMAL));
  }

  #relax(): void {
    this.#cancelDeadline();
    this.#deadlineAt = Number.POSITIVE_INFINITY;
  }

  #end(code: number): void {
    if (this.#over) return;
    this.#leave();
    this.#handlers.ended({ code, opened: this.#opened });
  }

  #leave(): void {
    this.#over = true;
    this.#relax();
    this.#cancelBeat?.();
    this.#socket.close();
  }
}

/** Null for what is no frame; a type that this build does not know passes, and is left aside where frames are told apart. */
function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
