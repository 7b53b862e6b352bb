/**
 * One WebSocket. Commands are begun in the order they came in and answered in that order, at most `IN_FLIGHT_MAX` at a
 * time: Bun runs message handlers concurrently, so the order is kept here. Silence is measured here too, by the client's
 * pings: what the server sends re-arms the runtime's own idle timer, and only at a ping is it seen whether the session lives.
 */
import type { ServerWebSocket } from "bun";
import type { Logger } from "pino";
import { CLOSE } from "#protocol/close_codes.ts";
import type { CloseCode } from "#protocol/close_codes.ts";
import type { Command, Refused, ServerFrame } from "#protocol/frames.ts";
import type { Cid, EpochMs, SessionId, UserId } from "#protocol/ids.ts";
import { FLOOD_COSTS_RESUMES, HELLO_WITHIN_MS, IN_FLIGHT_MAX, SILENCE_MS } from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { DeviceState } from "../presence/announcement.ts";
import type { Allowance } from "./allowance.ts";
import { cidOf } from "./cid_of.ts";
import { decode } from "./decode.ts";
import { NOBODY } from "./reach.ts";
import type { Reaches } from "./reach.ts";
import type { TrafficWatch } from "./watch.ts";

/** Commands refused for their pace, in a row, before the connection is closed. */
const EXCESS_MAX = 200;

/** Of a connection that owes no answer: shared, for there are many. */
const NOTHING_OWED = Promise.resolve();

/** Whose connection it is, and their pace. */
type Owner = Pick<Connection, "user" | "session" | "allowance">;

/** Does what the command says. Resolves with the frames that answer it, encoded. */
export type Dispatch = (command: Command, connection: Connection) => Promise<string[]>;

/** What connections need of the gateway: the same for all of them. */
export interface ConnectionDeps {
  clock: Clock;
  log: Logger;
  watch: TrafficWatch;
  dispatch: Dispatch;
  opened: (connection: Connection) => void;
  closed: (connection: Connection) => void;
  /** Calls `flush` at the end of this turn of the event loop. */
  flushSoon: (connection: Connection) => void;
}

export class Connection {
  readonly id: string = crypto.randomUUID();
  readonly user: UserId;
  readonly session: SessionId;
  readonly allowance: Allowance;
  /** The contacts of its user, set by `hello`. */
  contacts: Reaches = NOBODY;
  /** It has said hello. */
  greeted = false;

  readonly #deps: ConnectionDeps;
  readonly #openedAt: number;
  #socket: ServerWebSocket<unknown> | null = null;
  #pingedAt: number;
  /** What the device said it is, and when. */
  #state: DeviceState = "online";
  #saidAt: EpochMs;
  #inFlight = 0;
  #excess = 0;
  #answers: Promise<void> = NOTHING_OWED;
  /** Frames to send at the end of this turn; null when there are none. */
  #outgoing: string[] | null = null;
  #silence: ReturnType<typeof setTimeout> | null = null;
  /** Why this side closed it; null while it has not. */
  #closedBecause: string | null = null;

  constructor({ user, session, allowance }: Owner, deps: ConnectionDeps) {
    this.user = user;
    this.session = session;
    this.allowance = allowance;
    this.#deps = deps;
    this.#openedAt = deps.clock();
    this.#saidAt = this.#openedAt;
    this.#pingedAt = this.#openedAt;
  }

  // ---- called by the runtime ----

  open(socket: ServerWebSocket<unknown>): void {
    this.#socket = socket;
    this.#deps.opened(this);
    this.#deps.watch.opened();
    const { id: connection, user, session } = this;
    this.#deps.log.info({ connection, user, session }, "connection opened");
    this.#watchSilence(HELLO_WITHIN_MS);
  }

  message(_socket: ServerWebSocket<unknown>, raw: string | Buffer): void {
    const decoded = decode(raw);
    this.#deps.watch.received(decoded.is === "command" ? decoded.command.type : decoded.is);
    switch (decoded.is) {
      case "unreadable":
        return this.close(CLOSE.badFrame, "unreadable frame");
      case "refused":
        return this.#refuse(decoded.code, { cid: decoded.cid as Cid | undefined });
      case "command":
        return this.#accept(decoded.command);
      default:
        decoded satisfies never;
    }
  }

  /** The runtime answers by itself, and no browser asks: it counts as a command. */
  ping(): void {
    if (this.allowance.commands.take() > 0) this.#exceed();
  }

  drain(): void {
    // Nothing waits for room here: a reader that lets the send buffer pass its bound is closed by the runtime.
  }

  close(code: CloseCode, reason: string): void;
  close(socket: ServerWebSocket<unknown>, code: number, reason: string): void;
  close(first: CloseCode | ServerWebSocket<unknown>, second: string | number): void {
    if (typeof first === "number") {
      this.flush();
      this.#closedBecause ??= String(second);
      this.#socket?.close(first, String(second));
      return;
    }
    if (this.#socket === null) return;
    this.#socket = null;
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#deps.closed(this);
    const closeCode = Number(second);
    const lifetimeMs = this.#deps.clock() - this.#openedAt;
    this.#deps.watch.closed(closeCode, lifetimeMs);
    // A reason that the other side gave is a text from outside: it could be anything, and is not written down.
    const reason = this.#closedBecause ?? "closed by the other side";
    this.#deps.log.info({ connection: this.id, closeCode, reason, lifetimeMs }, "connection closed");
  }

  // ---- called by the gateway ----

  /** Not open, or no longer. */
  get over(): boolean {
    return this.#socket === null;
  }

  get deviceState(): DeviceState {
    return this.#state;
  }

  /** The device says what it is. */
  isNow(state: DeviceState, at: EpochMs): void {
    this.#state = state;
    this.#saidAt = at;
  }

  /** Somebody looks at this device. What it said long ago may be said by a device in a pocket. */
  isAttended(now: EpochMs): boolean {
    return this.#state === "online" && now - this.#saidAt <= SILENCE_MS;
  }

  /** Sends encoded frames, in order, at the end of this turn of the event loop. A no-op once closed. */
  send(frames: readonly string[]): void {
    if (this.#socket === null || frames.length === 0) return;
    if (this.#outgoing !== null) return void this.#outgoing.push(...frames);
    this.#outgoing = [...frames];
    this.#deps.flushSoon(this);
  }

  /** Sends now what waits. */
  flush(): void {
    const [socket, frames] = [this.#socket, this.#outgoing];
    this.#outgoing = null;
    if (socket === null || frames === null) return;
    socket.cork(() => {
      for (const frame of frames) this.#deps.watch.sent(frame, socket.send(frame));
    });
  }

  subscribe(topic: string): void {
    this.#socket?.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#socket?.unsubscribe(topic);
  }

  // ---- inside ----

  #accept(command: Command): void {
    const cid = cidOf(command);
    if (!this.greeted && command.type !== "hello") return this.#refuse("hello_first", { cid });
    const { sends, commands } = this.allowance;
    // What is stored and has a cid waits in the device's outbox, which keeps to this pace.
    const waitMs = (cid === undefined ? commands : sends).take();
    if (waitMs > 0) return this.#refuse("rate_limited", { cid, retryAfterMs: waitMs });
    this.#excess = 0;
    if (command.type === "ping") this.#pingedAt = this.#deps.clock();
    this.#answer(this.#deps.dispatch(command, this));
  }

  /** Counts one that came too fast. True when that was one too many, and the connection ends. */
  #exceed(): boolean {
    if (++this.#excess <= EXCESS_MAX) return false;
    this.#stop("far too fast");
    return true;
  }

  /** Ends a flood. To come back at once would be to go on with it. */
  #stop(reason: string): void {
    if (this.over || this.#closedBecause !== null) return;
    this.allowance.resumes.fine(FLOOD_COSTS_RESUMES);
    this.close(CLOSE.flooding, reason);
  }

  #refuse(code: Refused["code"], about: { cid: Cid | undefined; retryAfterMs?: number }): void {
    const { cid, retryAfterMs } = about;
    // What is refused for another reason than its pace has one too: else it would be the cheapest way to flood.
    if ((code === "rate_limited" || this.allowance.commands.take() > 0) && this.#exceed()) return;
    const more = { ...(cid !== undefined && { cid }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
    const frame: ServerFrame = { type: "refused", code, ...more };
    this.#answer(Promise.resolve([JSON.stringify(frame)]));
  }

  /** Puts an answer in its place in the order. A command that throws ends the connection; the client comes back. */
  #answer(answer: Promise<string[]>): void {
    this.#inFlight += 1;
    if (this.#inFlight > IN_FLIGHT_MAX) this.#stop("too many commands in flight");
    const settled = answer.catch((error: unknown) => {
      this.#deps.log.error({ err: error, connection: this.id }, "a command failed");
      this.close(CLOSE.fault, "the server met an error");
      return [];
    });
    this.#answers = this.#answers.then(async () => {
      this.send(await settled);
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#answers = NOTHING_OWED;
    });
  }

  /** One timer a connection, re-armed for what is left rather than at every frame. */
  #watchSilence(delayMs: number): void {
    this.#silence = setTimeout(Connection.#lookForSilence, delayMs, this);
  }

  static #lookForSilence(connection: Connection): void {
    if (!connection.greeted) return connection.close(CLOSE.silent, "no hello in time");
    const leftMs = connection.#pingedAt + SILENCE_MS - connection.#deps.clock();
    if (leftMs <= 0) return connection.close(CLOSE.silent, "no ping in time");
    connection.#watchSilence(leftMs);
  }
}
