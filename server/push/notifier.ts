/**
 * Notifies people of messages that nobody attended to. It hears of events from the bus, as one of a group, and waits a little
 * with each: a message that a visible device has meanwhile, or that was read, needs no notification. What to notify of is then
 * read from Postgres, after the cursor that is kept with each subscription and moves only once the push service has answered. So
 * a crash costs nothing: the event is handled again, by this notifier or another, and what was sent twice replaces itself on
 * the device.
 */
import type { Sql } from "postgres";
import type { Logger } from "pino";
import type { EpochMs, SessionId, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import type { Bus, BusRecord } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import { createSharedLookUp } from "./look_up.ts";
import { payloadOf } from "./payload.ts";
import * as queries from "./queries.ts";
import type { Look, PushResult, Subscription } from "./queries.ts";
import type { Sent, SendPush } from "./send.ts";

/** A visible device has so long to say that it has the message. */
const ATTEND_WITHIN_MS = 5_000;
/** Notifiers that share the work, whatever process they run in. */
const GROUP = "notify";
const RETRY_EVERY_MS = 15_000;
const RETRY_BATCH = 200;
/** Wait before a push is tried again: doubles from the first number, never beyond the second. */
const RETRY_FIRST_MS = 15_000;
const RETRY_MAX_MS = 30 * 60 * 1_000;

export interface NotifierDeps {
  db: Sql;
  clock: Clock;
  log: Logger;
  send: SendPush;
  /** Whether a session is open. Does not count as use of it. */
  isOpen: (session: SessionId) => Promise<boolean>;
  /** Told of each push, for the metrics. */
  pushed: (result: PushResult) => void;
  /** Resolves at that moment; at once when it has passed. */
  waitUntil?: (at: EpochMs, signal: AbortSignal) => Promise<void>;
}

export interface Notifier {
  /** Begins to take part, and then catches up with what came while nobody did. */
  start(bus: Bus): Promise<void>;
  stop(): Promise<void>;
  /** Looks after one user now; the answer is when there will be more to look at, or null. */
  look(user: UserId): Promise<EpochMs | null>;
}

export function createNotifier({ db, clock, log, send, isOpen, pushed, ...deps }: NotifierDeps): Notifier {
  const waitUntil = deps.waitUntil ?? untilMoment(clock);
  const isSubscribed = createSharedLookUp((users: UserId[]) => queries.selectSubscribed(db, users));
  /** Of each user, the look that is going on: one at a time. */
  const looking = new Map<UserId, Promise<unknown>>();
  const stopping = new AbortController();
  let catchingUp: Promise<void> | null = null;

  async function handle({ kind, key, body }: BusRecord, publishedAt: EpochMs): Promise<void> {
    const user = key as UserId;
    if (kind !== "inbox" || !body.includes('"kind":"message"') || !(await isSubscribed(user))) return;
    await follow(user, publishedAt + ATTEND_WITHIN_MS);
  }

  /** Looks at `dueAt`, and again for as long as there is something that is not due yet. */
  async function follow(user: UserId, dueAt: EpochMs | null): Promise<void> {
    let next = dueAt;
    while (next !== null && !stopping.signal.aborted) {
      await waitUntil(next, stopping.signal);
      if (!stopping.signal.aborted) next = await look(user);
    }
  }

  function look(user: UserId): Promise<EpochMs | null> {
    const before = looking.get(user) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => lookNow(user));
    looking.set(user, mine);
    void mine
      .catch(() => {})
      .finally(() => {
        if (looking.get(user) === mine) looking.delete(user);
      });
    return mine;
  }

  async function lookNow(user: UserId): Promise<EpochMs | null> {
    let nextDueAt: EpochMs | null = null;
    for (const subscription of await queries.selectSubscriptionsOf(db, user)) {
      if (!(await isOpen(subscription.session))) {
        await queries.deleteSubscription(db, subscription.session);
        continue;
      }
      const found = await queries.lookForPending(db, user, {
        after: subscription.cursor,
        settledBy: clock() - ATTEND_WITHIN_MS,
        since: clock() - RETENTION_MS,
      });
      await tell(subscription, found);
      if (found.nextDueAt !== null) nextDueAt = Math.min(nextDueAt ?? Infinity, found.nextDueAt);
    }
    return nextDueAt === null ? null : nextDueAt + ATTEND_WITHIN_MS;
  }

  /** One push for each conversation, then the subscription's cursor. What cannot go now goes all again. */
  async function tell(subscription: Subscription, { pending, upTo }: Look): Promise<void> {
    const { session, user, preview } = subscription;
    const unread = pending.length === 0 ? 0 : await queries.countUnread(db, user, clock() - RETENTION_MS);
    let result: PushResult | null = null;
    for (const about of pending) {
      const sent = await attempt(subscription, payloadOf(about, { preview, unread }));
      result = sent.is;
      pushed(result);
      if (sent.is === "gone") return queries.deleteSubscription(db, session);
      if (sent.is === "later") return tryLater(subscription, sent);
      if (sent.is === "refused") log.warn({ session, status: sent.status }, "a push was refused");
    }
    if (upTo > subscription.cursor)
      await queries.noteDone(db, { session, cursor: upTo, result, now: clock() });
  }

  async function attempt(to: Subscription, payload: Parameters<SendPush>[1]): Promise<Sent> {
    try {
      return await send(to, payload);
    } catch (error) {
      // The device's keys are no keys: no push can ever be made for it.
      log.warn({ err: error, session: to.session }, "a push could not be encrypted");
      return { is: "gone" };
    }
  }

  async function tryLater(
    { session, failures }: Subscription,
    { retryAfterMs }: Extract<Sent, { is: "later" }>,
  ): Promise<void> {
    const waitMs = Math.min(retryAfterMs ?? RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS);
    const now = clock();
    await queries.noteLater(db, { session, retryAt: now + waitMs, now });
  }

  /** First what came while nobody notified, then again and again what could not be told. */
  async function catchUp(): Promise<void> {
    try {
      await lookAfter(await queries.selectBehind(db));
    } catch (error) {
      log.warn(
        { err: error },
        "notifying of what came before the start failed; the next message will tell of it",
      );
    }
    while (!stopping.signal.aborted) {
      await waitUntil(clock() + RETRY_EVERY_MS, stopping.signal);
      try {
        await lookAfter(await queries.selectToRetry(db, { now: clock(), limit: RETRY_BATCH }));
      } catch (error) {
        log.warn({ err: error }, "trying pushes again failed; it will be tried again");
      }
    }
  }

  async function lookAfter(users: readonly UserId[]): Promise<void> {
    for (const user of users) {
      if (stopping.signal.aborted) return;
      await follow(user, clock());
    }
  }

  return {
    look,
    async start(bus) {
      await bus.consume(GROUP, handle);
      catchingUp = catchUp();
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled([catchingUp, ...looking.values()]);
    },
  };
}

function untilMoment(clock: Clock) {
  return async function waitUntil(at: EpochMs, signal: AbortSignal): Promise<void> {
    const waitMs = at - clock();
    if (waitMs <= 0 || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  };
}
