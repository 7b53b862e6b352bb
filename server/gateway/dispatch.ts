/** What each command means: one switch over the closed list of the wire. */
import type { Logger } from "pino";
import type { Command, Hello, ServerFrame } from "#protocol/frames.ts";
import { CLOSE } from "#protocol/close_codes.ts";
import type { RefusedCode } from "#protocol/codes.ts";
import type { Cid, Cursor, Epoch, SessionId, UserId } from "#protocol/ids.ts";
import * as limits from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { InboxState } from "../inbox/queries.ts";
import type { Change, Outcome } from "../messages/change.ts";
import { reviseOf } from "../messages/revise.ts";
import { sendOf } from "../messages/send.ts";
import type { DeviceState } from "../presence/announcement.ts";
import type { Connection, Dispatch } from "./connection.ts";
import type { Sight } from "./sight.ts";
import { userTopic } from "./topics.ts";

export interface DispatchDeps {
  clock: Clock;
  log: Logger;
  minBuild: string;
  sendBurst: number;
  sendsPerSecond: number;
  inbox: {
    state: (user: UserId) => Promise<InboxState | null>;
    head: (user: UserId) => Promise<Cursor>;
    frames: (
      user: UserId,
      range: { after: Cursor; limit: number },
    ) => Promise<{ cursor: Cursor; frame: string }[]>;
  };
  write: (change: Change) => Promise<Outcome>;
  sight: Sight;
  presence: {
    hold: (user: UserId, connection: string, state: DeviceState) => Promise<void>;
    leave: (user: UserId, connection: string, state: DeviceState) => Promise<void>;
  };
  /** Tells `to`'s devices that `from` is typing; may be dropped. */
  typing: (from: UserId, to: UserId) => void;
  sessionAlive: (session: SessionId) => Promise<boolean>;
}

export function createDispatch(deps: DispatchDeps): Dispatch {
  const { clock, log, inbox, write, presence, sight } = deps;
  /** When each connection last said that its person types, by connection and recipient. */
  const typedAt = new WeakMap<Connection, Map<UserId, number>>();

  async function dispatch(command: Command, connection: Connection): Promise<string[]> {
    const { user } = connection;
    switch (command.type) {
      case "hello":
        return hello(command, connection);
      case "message.send":
        // A message ends the typing notice on the other side: what is typed next is news again.
        typedAt.get(connection)?.delete(command.to);
        return tell(command, sendOf(command, user));
      case "message.edit":
      case "message.delete":
      case "message.react":
        return tell(command, reviseOf(command, user));
      case "message.received":
        return answerMark(
          await write({
            kind: "received",
            user,
            cursor: command.cursor,
            attended: connection.isAttended(clock()),
          }),
        );
      case "message.read":
        return answerMark(
          await write({ kind: "read", user, conversation: command.conversation, seq: command.seq }),
        );
      case "typing":
        return typing(command.to, connection);
      case "presence":
        connection.isNow(command.state, clock());
        await hold(connection);
        return [];
      case "ping":
        return ping(connection);
      default:
        return command satisfies never;
    }
  }

  async function hello(command: Hello, connection: Connection): Promise<string[]> {
    if (command.protocol !== limits.PROTOCOL || command.build < deps.minBuild) {
      connection.close(CLOSE.outdated, "this build is too old");
      return [];
    }
    const first = !connection.greeted;
    // Held back and not refused: a device that says hello again has no other way on.
    const waitMs = first ? 0 : connection.allowance.resumes.reserve();
    if (waitMs > 0) await Bun.sleep(waitMs);
    connection.greeted = true;
    // Subscribed before the inbox is read, so that nothing falls between; what comes twice is dropped by cursor.
    connection.subscribe(userTopic(connection.user));
    const state = await inbox.state(connection.user);
    if (state === null) throw new Error("a session of an unknown user said hello");
    const frames = [encode(welcome(state)), ...(await resume(command, { state, user: connection.user }))];
    if (!first) return frames;
    await hold(connection);
    return [...frames, ...(await sight.refresh(connection))];
  }

  function welcome({ head, floor, epoch }: InboxState): ServerFrame {
    return {
      type: "welcome",
      cursor: head,
      floor,
      epoch,
      now: clock(),
      heartbeatMs: limits.HEARTBEAT_MS,
      limits: {
        frameMaxBytes: limits.FRAME_MAX_BYTES,
        textMaxChars: limits.TEXT_MAX_CHARS,
        sendBurst: deps.sendBurst,
        sendsPerSecond: deps.sendsPerSecond,
        holeWaitMs: limits.HOLE_WAIT_MS,
        typingEveryMs: limits.TYPING_EVERY_MS,
      },
      minBuild: deps.minBuild,
    };
  }

  /** The events after the client's cursor, or the reason why it cannot be resumed from. */
  async function resume(
    { epoch, cursor }: { epoch: Epoch | null; cursor: Cursor },
    { state, user }: { state: InboxState; user: UserId },
  ): Promise<string[]> {
    if (epoch !== state.epoch) return [encode({ type: "resync", reason: "epoch" })];
    if (cursor > state.head) return [encode({ type: "resync", reason: "ahead" })];
    if (cursor < state.floor) return [encode({ type: "resync", reason: "floor" })];
    if (state.head - cursor > limits.RESUME_MAX_EVENTS) return [encode({ type: "resync", reason: "behind" })];
    if (cursor === state.head) return [];
    const events = await inbox.frames(user, { after: cursor, limit: limits.RESUME_MAX_EVENTS });
    // The oldest events may have left the retention before the purge raised the floor.
    if (events[0]?.cursor !== cursor + 1) return [encode({ type: "resync", reason: "floor" })];
    return events.map((event) => event.frame);
  }

  async function hold(connection: Connection): Promise<void> {
    const { user, id, deviceState } = connection;
    await withoutStore(presence.hold(user, id, deviceState), { otherwise: undefined });
    // It may have closed before its lease was taken: then the lease must not outlive it.
    if (connection.over) await withoutStore(presence.leave(user, id, deviceState), { otherwise: undefined });
  }

  /** Presence and sessions live in the store; while it is away, live sockets go on without it. */
  async function withoutStore<T>(asked: Promise<T>, { otherwise }: { otherwise: T }): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      log.warn({ err: error }, "the store did not answer a live connection");
      return otherwise;
    }
  }

  /** Stores what a command asks for and answers it under its cid. */
  async function tell({ cid }: { cid: Cid }, change: Change | RefusedCode): Promise<string[]> {
    if (typeof change === "string") return [encode({ type: "refused", cid, code: change })];
    const outcome = await write(change);
    switch (outcome.is) {
      case "sent":
        return [encode({ type: "ack", ...outcome.answer })];
      case "revised":
        return [encode({ type: "revised", ...outcome.answer })];
      case "refused":
        return [encode(refusedFrame(outcome, { cid }))];
      case "done":
        throw new Error(`${change.kind} came to nothing`);
      default:
        return outcome satisfies never;
    }
  }

  function typing(to: UserId, connection: Connection): string[] {
    const said = typedAt.get(connection) ?? new Map<UserId, number>();
    typedAt.set(connection, said);
    const now = clock();
    const tooSoon = now - (said.get(to) ?? 0) < limits.TYPING_EVERY_MS;
    if (tooSoon || connection.contacts.get(to)?.typing !== true) return [];
    said.set(to, now);
    deps.typing(connection.user, to);
    return [];
  }

  async function ping(connection: Connection): Promise<string[]> {
    const [head, alive, notices] = await Promise.all([
      inbox.head(connection.user),
      withoutStore(deps.sessionAlive(connection.session), { otherwise: true }),
      sight.lookAgain(connection),
      hold(connection),
    ]);
    if (!alive) connection.close(CLOSE.signedOut, "the session has ended");
    return [...notices, encode({ type: "pong", cursor: head, now: clock() })];
  }

  return dispatch;
}

/** Marks need no answer; only a refusal is told. */
function answerMark(outcome: Outcome): string[] {
  return outcome.is === "refused" ? [encode(refusedFrame(outcome, {}))] : [];
}

function refusedFrame(outcome: Extract<Outcome, { is: "refused" }>, about: { cid?: Cid }): ServerFrame {
  const { code, retryAfterMs } = outcome;
  return retryAfterMs === undefined
    ? { type: "refused", ...about, code }
    : { type: "refused", ...about, code, retryAfterMs };
}

function encode(frame: ServerFrame): string {
  return JSON.stringify(frame);
}
