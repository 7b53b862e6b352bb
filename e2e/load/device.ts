/**
 * One person's connected device, as far as the wire goes: says hello, keeps its cursor, acknowledges what it has got, pings.
 * Like the app, it says `message.received` for many events at once, and no more often than a disk would let it.
 */
import type { Command, ServerFrame } from "#protocol/frames.ts";
import type { Cid, Cursor, Epoch, UserId } from "#protocol/ids.ts";
import { PROTOCOL } from "#protocol/limits.ts";

/** What the app's own writes take and the server's credits for commands allow, both with room. */
const RECEIVED_EVERY_MS = 50;
const OPEN_WITHIN_MS = 30_000;

export interface Person {
  id: UserId;
  epoch: Epoch | null;
  /** How far this person's devices have come. */
  cursor: Cursor;
  cookie: string;
  /** Origin of the server that this person connects to. */
  url: string;
  /** What goes along when they connect. */
  headers?: Record<string, string>;
}

export interface DeviceHandlers {
  /** A frame came; `at` is when, on this process' clock. */
  heard?: (frame: ServerFrame, at: number) => void;
  closed?: (code: number) => void;
}

export class Device {
  readonly person: Person;
  cursor: Cursor;
  /** Frames that left a hole in the cursors. */
  holes = 0;
  handlers: DeviceHandlers = {};
  readonly #marks: boolean;
  #socket: WebSocket | null = null;
  #receivedAt = 0;
  #saysReceived = false;
  #beat: ReturnType<typeof setInterval> | null = null;
  #welcomed: PromiseWithResolvers<void> = Promise.withResolvers();

  /** `marks`: whether it says what it has received, which the floors have no use for. */
  constructor(person: Person, { marks }: { marks: boolean }) {
    this.person = person;
    this.cursor = person.cursor;
    this.#marks = marks;
  }

  /** Opens the socket, says hello from where the device is, and resolves at the welcome. */
  async connect(): Promise<void> {
    const { url, cookie, headers } = this.person;
    this.#welcomed = Promise.withResolvers();
    const socket = open(`${url.replace(/^http/, "ws")}/ws`, { cookie, origin: url, ...headers });
    this.#socket = socket;
    const timer = setTimeout(() => this.#welcomed.reject(new Error("no welcome in time")), OPEN_WITHIN_MS);
    socket.addEventListener("open", () => this.hello());
    socket.addEventListener("message", ({ data }) => this.#hear(String(data)));
    socket.addEventListener("close", ({ code }) => this.#closed(code));
    try {
      await this.#welcomed.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  hello(): void {
    const { epoch } = this.person;
    this.say({ type: "hello", protocol: PROTOCOL, build: "9999", epoch, cursor: this.cursor });
  }

  say(command: Command): void {
    this.#socket?.send(JSON.stringify(command));
  }

  /** Sends a message and returns its cid. */
  send(to: UserId, text: string): Cid {
    const cid = Bun.randomUUIDv7() as Cid;
    this.say({ type: "message.send", cid, to, text });
    return cid;
  }

  /** Pings as the app does, first after a random part of the interval. */
  keepBeating(everyMs: number): void {
    const first = setTimeout(() => {
      const ping = () => this.say({ type: "ping", cursor: this.cursor });
      ping();
      this.#beat = setInterval(ping, everyMs);
    }, Math.random() * everyMs);
    this.#beat = first;
  }

  close(): void {
    this.#stopBeating();
    this.person.cursor = Math.max(this.person.cursor, this.cursor);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #hear(text: string): void {
    const at = performance.now();
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.type === "event") this.#advance(frame.cursor, frame.kind === "message");
    if (frame.type === "welcome") this.#welcomed.resolve();
    this.handlers.heard?.(frame, at);
  }

  #advance(cursor: Cursor, isMessage: boolean): void {
    if (cursor > this.cursor + 1) this.holes += 1;
    if (cursor <= this.cursor) return;
    this.cursor = cursor;
    if (isMessage && this.#marks) this.#sayReceivedSoon();
  }

  #sayReceivedSoon(): void {
    if (this.#saysReceived) return;
    this.#saysReceived = true;
    const waitMs = Math.max(0, this.#receivedAt + RECEIVED_EVERY_MS - performance.now());
    setTimeout(() => {
      this.#saysReceived = false;
      this.#receivedAt = performance.now();
      if (this.#socket !== null) this.say({ type: "message.received", cursor: this.cursor });
    }, waitMs);
  }

  #closed(code: number): void {
    this.#stopBeating();
    this.#welcomed.reject(new Error(`the socket was closed with ${code} before a welcome`));
    this.handlers.closed?.(code);
  }

  #stopBeating(): void {
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#beat = null;
  }
}

/** Bun's WebSocket takes headers, as no browser's does; the types here are the browser's. */
function open(url: string, headers: Record<string, string>): WebSocket {
  return new WebSocket(url, { headers } as unknown as string[]);
}
