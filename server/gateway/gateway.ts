/**
 * The gateway of one instance: its live connections, what is fanned out to them by native pub/sub topics, what comes from
 * other instances over the bus, and how they are closed. It decides nothing and stores nothing.
 */
import type { Logger } from "pino";
import { CLOSE } from "#protocol/close_codes.ts";
import type { CloseCode } from "#protocol/close_codes.ts";
import type { ServerFrame, TypingNotice } from "#protocol/frames.ts";
import type { Cursor, SessionId, UserId } from "#protocol/ids.ts";
import { TYPING_TTL_MS } from "#protocol/limits.ts";
import type { Bus, BusRecord } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Appended } from "../inbox/append.ts";
import { changesRelations } from "../inbox/events.ts";
import type { Presence } from "../presence/presence.ts";
import { admit } from "./admit.ts";
import type { Allowance } from "./allowance.ts";
import { Connection } from "./connection.ts";
import type { ConnectionDeps, Dispatch } from "./connection.ts";
import { createEndedWatch, sessionEndedRecord } from "./ended.ts";
import type { EndedLately } from "./ended.ts";
import { createFlusher } from "./flush.ts";
import { createLeaving } from "./leaving.ts";
import type { PresenceNotices } from "./presence_notices.ts";
import { createRegistry } from "./registry.ts";
import type { Sight } from "./sight.ts";
import { userTopic } from "./topics.ts";
import type { TrafficWatch } from "./watch.ts";

/**
 * While the bus is away, heads of connected users are compared with Postgres this often. Two who write from different instances
 * wait for it twice before each sees that the other has it.
 */
const RECONCILE_EVERY_MS = 1_000;
/** A draining instance asks its clients to come back elsewhere within this time, each at a moment of its own. */
const DRAIN_WITHIN_MS = 3_000;
/** Whoever has not left a moment later is closed, in this many waves. */
const DRAIN_GRACE_MS = 250;
const DRAIN_WAVES = 6;
const WAVE_EVERY_MS = 100;

export interface GatewayDeps {
  instance: string;
  bus: Bus;
  clock: Clock;
  log: Logger;
  allowanceOf: (user: UserId) => Allowance;
  watch: TrafficWatch;
  headsOf: (users: UserId[]) => Promise<Map<UserId, Cursor>>;
  endedLately: EndedLately;
  sight: Pick<Sight, "refresh">;
  leave: Presence["leave"];
  /** Another instance told that the user's presence turned. */
  presenceTurned: PresenceNotices["turned"];
  /** Native publish of this instance's server: hands `frame` to every socket subscribed to `topic`. */
  publishLocal: (topic: string, frame: string) => void;
  /** Another instance appended to the user's inbox: frames, one a line. */
  heard: (user: UserId, frames: string) => void;
}

export type Gateway = ReturnType<typeof createGateway>;

export function createGateway({ instance, bus, clock, log, ...deps }: GatewayDeps) {
  const registry = createRegistry();
  const leaving = createLeaving({ leave: deps.leave, log });
  /** Heads told while the bus was away, so that a head is told once. */
  const toldHeads = new Map<UserId, Cursor>();
  let dispatcher: Dispatch | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let draining = false;
  let everybodyLeft: (() => void) | null = null;

  const connectionDeps: ConnectionDeps = {
    clock,
    log,
    watch: deps.watch,
    dispatch: (command, connection) => dispatchOf()(command, connection),
    opened: (connection) => registry.add(connection),
    flushSoon: createFlusher(),
    closed(connection) {
      registry.remove(connection);
      if (registry.size() === 0) everybodyLeft?.();
      if (connection.greeted) leaving.add(connection);
    },
  };

  const ended = createEndedWatch({ registry, endedLately: deps.endedLately, close: closeSession, log });

  /** A connection for a session whose upgrade is about to be accepted. Throws `rate_limited` when its user has had enough. */
  function connect(who: { user: UserId; session: SessionId }): Connection {
    const allowance = deps.allowanceOf(who.user);
    admit(allowance, registry.countOf(who.user));
    return new Connection({ ...who, allowance }, connectionDeps);
  }

  function dispatchOf(): Dispatch {
    if (dispatcher === null) throw new Error("the gateway is used before it was given its dispatch");
    return dispatcher;
  }

  // ---- fan out to local connections ----

  /** Hands the events of a commit to the local connections of their users. */
  function fanOut({ rows, stirred }: Appended): void {
    for (const row of rows) deps.publishLocal(userTopic(row.user), row.frame);
    const turned = rows.filter((row) => changesRelations(row.kind)).map((row) => row.user);
    for (const user of new Set([...turned, ...stirred])) contactsChanged(user);
  }

  function contactsChanged(user: UserId): void {
    for (const connection of registry.ofUser(user)) {
      deps.sight
        .refresh(connection)
        .then((notices) => connection.send(notices))
        .catch((error: unknown) => {
          log.error({ err: error, connection: connection.id }, "reading changed contacts failed");
          connection.close(CLOSE.fault, "the server met an error");
        });
    }
  }

  function closeSession(session: SessionId, code: CloseCode): void {
    for (const connection of registry.ofSession(session)) connection.close(code, "the session has ended");
  }

  // ---- what this instance tells the others ----

  function announceTyping(from: UserId, to: UserId): void {
    const frame = JSON.stringify({ type: "typing", from, ttlMs: TYPING_TTL_MS } satisfies TypingNotice);
    deps.publishLocal(userTopic(to), frame);
    notify({ topic: "notices", key: to, origin: instance, kind: "typing", body: frame });
  }

  /** Closes the session's connections here and on every other instance. */
  function endSession(session: { id: SessionId; user: UserId }, code: CloseCode): void {
    closeSession(session.id, code);
    notify(sessionEndedRecord({ session, code, origin: instance }));
  }

  /** For what heals by itself when it is lost: typing dies, ended sessions are looked for. */
  function notify(record: BusRecord): void {
    bus.publish([record]).catch((error: unknown) => {
      log.warn({ err: error, kind: record.kind }, "a notice did not reach the bus");
    });
  }

  // ---- what others tell this instance ----

  function receive(record: BusRecord): void {
    if (record.origin === instance) return;
    switch (record.kind) {
      case "inbox":
        for (const frame of record.body.split("\n"))
          deps.publishLocal(userTopic(record.key as UserId), frame);
        return deps.heard(record.key as UserId, record.body);
      case "contacts.changed":
        return contactsChanged(record.key as UserId);
      case "typing":
        return deps.publishLocal(userTopic(record.key as UserId), record.body);
      case "presence":
        return void deps.presenceTurned(record.key as UserId, record.body);
      case "session.ended": {
        const { session, code } = JSON.parse(record.body) as { session: SessionId; code: CloseCode };
        return closeSession(session, code);
      }
      default:
        record.kind satisfies never;
    }
  }

  // ---- while the bus is away ----

  /** Tells connected users whose head moved where it is now; a client that has less resumes. */
  async function reconcile(): Promise<void> {
    const heads = await deps.headsOf(registry.users());
    for (const [user, head] of heads) {
      if (toldHeads.get(user) === head) continue;
      toldHeads.set(user, head);
      const frame: ServerFrame = { type: "pong", cursor: head, now: clock() };
      deps.publishLocal(userTopic(user), JSON.stringify(frame));
    }
  }

  async function reconcileAgain(): Promise<void> {
    try {
      if (bus.healthy()) toldHeads.clear();
      else await reconcile();
    } catch (error) {
      log.warn({ err: error }, "comparing heads failed; it will be tried again");
    }
    if (!draining) timer = setTimeout(reconcileAgain, RECONCILE_EVERY_MS);
  }

  // ---- life ----

  /** Begins to serve: commands go to `dispatch`, and the bus is listened to. */
  async function start(dispatch: Dispatch): Promise<void> {
    dispatcher = dispatch;
    await bus.subscribe(receive);
    timer = setTimeout(reconcileAgain, RECONCILE_EVERY_MS);
    ended.start();
  }

  /**
   * Says `bye` to everybody, and closes who has not left by then with a code that means come back. Who leaves at a moment of
   * their own choice is away for as long as connecting takes; who is closed waits for that moment.
   */
  async function drain(): Promise<void> {
    draining = true;
    if (timer !== null) clearTimeout(timer);
    ended.stop();
    const bye: ServerFrame = { type: "bye", reason: "draining", withinMs: DRAIN_WITHIN_MS };
    log.info({ connections: registry.size() }, "draining");
    for (const connection of registry.all()) connection.send([JSON.stringify(bye)]);
    await emptied(DRAIN_WITHIN_MS + DRAIN_GRACE_MS);
    const left = [...registry.all()];
    const waveSize = Math.ceil(left.length / DRAIN_WAVES);
    for (let first = 0; first < left.length; first += waveSize) {
      if (first > 0) await Bun.sleep(WAVE_EVERY_MS);
      for (const connection of left.slice(first, first + waveSize)) {
        connection.close(CLOSE.draining, "this instance stops");
      }
    }
  }

  /** Resolves when nobody is connected any more, or after `limitMs`. */
  async function emptied(limitMs: number): Promise<void> {
    if (registry.size() === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    everybodyLeft = resolve;
    const late = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(late);
  }

  return {
    connect,
    fanOut,
    announceTyping,
    endSession,
    start,
    drain,
    /** Resolves when presence knows of those who have left, or after a moment. */
    settled: leaving.settled,
    /** False once the instance drains: no new connections then. */
    accepts: () => !draining,
    connections: () => registry.size(),
  };
}
