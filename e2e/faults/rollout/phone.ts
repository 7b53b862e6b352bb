/** A device that talks all the time: it comes back as the app does, by the app's own code, and counts what it went through. */
import type { ServerFrame } from "#protocol/frames.ts";
import type { Cid, Epoch, UserId } from "#protocol/ids.ts";
import { mintCid } from "../../../pwa/src/net/cid.ts";
import { Socket } from "../../../pwa/src/net/socket.ts";
import { systemTime } from "../../../pwa/src/net/time.ts";

const BUILD = "9999-01-01T00:00:00.000Z";
/** A hole that is there for this long is not about to close by itself. */
const HOLE_MS = 500;

type Heard = Extract<ServerFrame, { type: "event" }>;

export interface PhoneOptions {
  user: UserId;
  other: UserId;
  epoch: Epoch;
  origin: string;
  openSocket: (url: string) => WebSocket;
}

export class Phone {
  readonly user: UserId;
  /** Texts of all messages, in the order in which they came in. */
  readonly heard: string[] = [];
  /** What it wrote, in order. */
  readonly said: string[] = [];
  /** For how long it was not connected, each time. */
  readonly gapsMs: number[] = [];
  /** Attempts to connect that did not come to a socket. */
  failures = 0;
  readonly #options: PhoneOptions;
  readonly #socket: Socket;
  readonly #unacked = new Map<Cid, string>();
  #cursor = 0;
  #head = 0;
  #awaySince: number | null = null;
  readonly #ahead = new Map<number, Heard>();
  #resuming: ReturnType<typeof setTimeout> | null = null;

  constructor(options: PhoneOptions) {
    const { user, origin, openSocket } = options;
    this.user = user;
    this.#options = options;
    this.#socket = new Socket(
      {
        url: `${origin.replace(/^http/, "ws")}/ws`,
        build: BUILD,
        openSocket,
        time: systemTime,
        random: Math.random,
      },
      {
        position: () => ({ epoch: options.epoch, cursor: this.#cursor }),
        frame: (frame) => this.#hear(frame),
        moved: (state) => {
          if (state === "live") this.#isBack();
          else if (state !== "idle") this.#awaySince ??= performance.now();
        },
        sessionEnded: () => {},
        outdated: () => {},
        refused: () => void (this.failures += 1),
      },
    );
  }

  get isLive(): boolean {
    return this.#socket.state === "live";
  }

  /** What was sent and is not acked yet. */
  get waiting(): number {
    return this.#unacked.size;
  }

  start(): void {
    this.#socket.start();
  }

  stop(): void {
    if (this.#resuming !== null) clearTimeout(this.#resuming);
    this.#socket.stop();
  }

  /** Writes the next message: `USER 1`, `USER 2` and so on. */
  talk(): void {
    const text = `${this.user} ${this.said.length + 1}`;
    const cid = mintCid(Date.now());
    this.said.push(text);
    this.#unacked.set(cid, text);
    if (this.isLive) this.#send(cid);
  }

  #send(cid: Cid): void {
    const text = this.#unacked.get(cid) ?? "";
    this.#socket.say({ type: "message.send", cid, to: this.#options.other, text });
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === "ack") this.#unacked.delete(frame.cid);
    if (frame.type === "welcome") this.#head = frame.cursor;
    if (frame.type === "event") this.#apply(frame);
    if (this.#cursor >= this.#head) this.#socket.caughtUp();
  }

  /** What is ahead waits for what is between: it comes by another instance, or by a resume. */
  #apply(event: Heard): void {
    if (event.cursor <= this.#cursor) return;
    this.#ahead.set(event.cursor, event);
    for (;;) {
      const next = this.#ahead.get(this.#cursor + 1);
      if (next === undefined) break;
      this.#ahead.delete(next.cursor);
      this.#cursor = next.cursor;
      if (next.kind === "message") this.heard.push(next.text);
    }
    if (this.#ahead.size > 0) this.#resuming ??= setTimeout(() => this.#resume(), HOLE_MS);
  }

  #resume(): void {
    this.#resuming = null;
    if (this.#ahead.size > 0) this.#socket.hello();
  }

  /** Everything that is not acked is said again, in order: what was stored already is answered so. */
  #isBack(): void {
    if (this.#awaySince !== null) this.gapsMs.push(performance.now() - this.#awaySince);
    this.#awaySince = null;
    for (const cid of this.#unacked.keys()) this.#send(cid);
  }
}
