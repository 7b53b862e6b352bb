/**
 * Presence: a lease for each connection in the store, refreshed by heartbeats, dying by itself; a user is as present as
 * their best device. Only changes are announced.
 *
 * What was announced last is kept beside the leases. `settle` compares the two and announces the difference, then looks
 * again: two instances that settle one user at the same moment each write before they read, so at least one of them sees
 * the newer state. A connection that closes leaves its lease for the grace, so a reload announces nothing; a lease that
 * ends, whoever held it, is taken by one instance, which settles its user and drops it once others were told.
 *
 * An announcement is marked as untold until the bus has taken it. One that it did not take is made again by its instance; one whose
 * instance crashed meanwhile, by whoever settles the user next: at the latest whoever takes the lease after it.
 */
import type { Logger } from "pino";
import type { UserId } from "#protocol/ids.ts";
import { PRESENCE_GRACE_MS, PRESENCE_LEASE_MS, PRESENCE_UNTIL_MS, RETENTION_MS } from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { Lease, Store } from "../store/store.ts";
import { announcementOf, best, nextAnnouncement, toAnnounced } from "./announcement.ts";
import type { DeviceState, PresenceSeen } from "./announcement.ts";

/** How often an instance looks for leases that ended, and how many it takes at once. */
const SWEEP_EVERY_MS = 1_000;
const SWEEP_BATCH = 200;
/**
 * A lease that ended and was not dropped for so long is taken by another instance: the first one may have crashed. Longer than the bus
 * is given to take an announcement.
 */
export const TAKEN_AGAIN_MS = 15_000;
/** Longer than any lease that a connection can have taken before it was closed, and the grace after it. */
const FORGOTTEN_MS = PRESENCE_LEASE_MS + 2 * PRESENCE_GRACE_MS;
/** Rounds of comparing and announcing before leaving the rest to the next change. */
const SETTLE_ROUNDS = 3;

export interface Presence {
  /** A connection of `user` is there, or still there, as `state`. */
  hold(user: UserId, connection: string, state: DeviceState): Promise<void>;
  /** The connection has gone; its user is offline after the grace, unless another device is there. */
  leave(user: UserId, connection: string, state: DeviceState): Promise<void>;
  /** Notices of how these users are now. */
  of(users: readonly UserId[]): Promise<PresenceSeen[]>;
  /**
   * `user` is no more: what was announced is forgotten, and nothing is announced again. Their connections are closing; for as long
   * as a lease of one can last, a mark in the store says so.
   */
  forget(user: UserId): Promise<void>;
  /** Settles the users whose leases ended, and those whom the bus could not tell of. Returns how many leases were taken. */
  sweep(): Promise<number>;
  start(): void;
  stop(): void;
}

export interface PresenceDeps {
  store: Store;
  clock: Clock;
  log: Logger;
  /**
   * Hands a notice to everybody who may see it; resolves once the bus has taken it for the other instances. `changed` is false when
   * it only says again what stays true.
   */
  announce: (notice: PresenceSeen, about: { changed: boolean }) => Promise<void>;
}

/** An announcement on its way: true once the bus has taken it, false if it did not. Never rejects. */
type Telling = Promise<boolean>;

export function createPresence({ store, clock, log, announce }: PresenceDeps): Presence {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;
  /** Users to settle at the next look: the bus did not take their announcement, or a lease of theirs has ended. */
  const due = new Set<UserId>();

  async function hold(user: UserId, connection: string, state: DeviceState): Promise<void> {
    const leases = await store.lease(groupOf(user), connection, { value: state, ttlMs: PRESENCE_LEASE_MS });
    await settle(user, leases);
  }

  async function leave(user: UserId, connection: string, state: DeviceState): Promise<void> {
    const leases = await store.lease(groupOf(user), connection, { value: state, ttlMs: PRESENCE_GRACE_MS });
    // A store that was emptied has forgotten what was announced; without this nobody would announce the end.
    await settle(user, leases);
  }

  /** `known`: the user's leases, if they were read just now. What was announced is read after them: see above. */
  async function settle(user: UserId, known?: readonly Lease[]): Promise<Telling[]> {
    const telling: Telling[] = [];
    for (let round = 0; round < SETTLE_ROUNDS; round++) {
      const [leases, [kept = null, mark = null]] = await Promise.all([
        (round === 0 && known) || store.leases([groupOf(user)]),
        store.values([announcedKey(user), untoldKey(user)]),
      ]);
      const announced = toAnnounced(kept);
      // In later rounds the mark is of the announcement that was just made.
      const again = round === 0 && mark !== null;
      const next = nextAnnouncement(best(leases), { announced, again, now: clock() });
      if (next === null) break;
      await Promise.all([
        store.set(announcedKey(user), JSON.stringify(next), { ttlMs: RETENTION_MS }),
        store.set(untoldKey(user), "", { ttlMs: PRESENCE_UNTIL_MS }),
      ]);
      // Looked for after the write: whoever forgets first sets the mark, and then deletes.
      if (await isForgotten(user)) {
        await deleteKeys(user);
        break;
      }
      const changed = next.state !== (announced?.state ?? "offline");
      telling.push(tell({ type: "presence", user, ...next }, { changed }));
    }
    return telling;
  }

  async function tell(notice: PresenceSeen, about: { changed: boolean }): Telling {
    try {
      await announce(notice, about);
    } catch (error) {
      if (due.size === 0) log.warn({ err: error }, "presence did not reach the bus; it will be told again");
      due.add(notice.user);
      return false;
    }
    try {
      await store.delete(untoldKey(notice.user));
    } catch (error) {
      log.debug(
        { err: error },
        "presence that was told is still marked as untold; it will be told once more",
      );
    }
    return true;
  }

  async function forget(user: UserId): Promise<void> {
    await store.set(forgottenKey(user), "", { ttlMs: FORGOTTEN_MS });
    await deleteKeys(user);
  }

  async function deleteKeys(user: UserId): Promise<void> {
    await Promise.all([store.delete(announcedKey(user)), store.delete(untoldKey(user))]);
  }

  async function isForgotten(user: UserId): Promise<boolean> {
    return (await store.get(forgottenKey(user))) !== null;
  }

  async function of(users: readonly UserId[]): Promise<PresenceSeen[]> {
    const [leases, announced] = await Promise.all([
      store.leases(users.map(groupOf)),
      store.values(users.map(announcedKey)),
    ]);
    const byGroup = Map.groupBy(leases, (lease) => lease.group);
    return users.map((user, index) => {
      const state = best(byGroup.get(groupOf(user)) ?? []);
      return {
        type: "presence",
        user,
        ...announcementOf(state, { announced: toAnnounced(announced[index] ?? null), now: clock() }),
      };
    });
  }

  async function sweep(): Promise<number> {
    const ended = await store.takeExpired(SWEEP_BATCH, { againMs: TAKEN_AGAIN_MS });
    for (const { group } of ended) if (isPresence(group)) due.add(userOf(group));
    const telling = new Map<string, Telling[]>();
    try {
      for (const user of [...due].slice(0, SWEEP_BATCH)) {
        telling.set(groupOf(user), await settleDue(user));
      }
    } finally {
      void dropTold(ended, telling);
    }
    return ended.length;
  }

  async function settleDue(user: UserId): Promise<Telling[]> {
    due.delete(user);
    try {
      return await settle(user);
    } catch (error) {
      due.add(user);
      throw error;
    }
  }

  /** Drops what has ended and needs no telling any more. The rest is handed out again. */
  async function dropTold(ended: readonly Lease[], telling: ReadonlyMap<string, Telling[]>): Promise<void> {
    const told = await Promise.all(
      ended.map(async ({ group }) => {
        const announcements = isPresence(group) ? telling.get(group) : [];
        return announcements !== undefined && (await Promise.all(announcements)).every(Boolean);
      }),
    );
    try {
      await store.drop(ended.filter((_, index) => told[index]));
    } catch (error) {
      log.debug({ err: error }, "presence leases that ended were not dropped; they will be looked at again");
    }
  }

  async function sweepAgain(): Promise<void> {
    try {
      // While the bus takes nothing, a batch each time is enough.
      while (!stopped && (await sweep()) === SWEEP_BATCH && due.size === 0);
    } catch (error) {
      log.warn({ err: error }, "looking for ended presence leases failed; it will be tried again");
    }
    if (!stopped) timer = setTimeout(sweepAgain, SWEEP_EVERY_MS);
  }

  return {
    hold,
    leave,
    of,
    forget,
    sweep,
    start: () => void (timer = setTimeout(sweepAgain, SWEEP_EVERY_MS)),
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function groupOf(user: UserId): string {
  return `presence:${user}`;
}

/** Others keep leases in the store too; what has ended of theirs is of no interest to anybody. */
function isPresence(group: string): boolean {
  return group.startsWith("presence:");
}

function userOf(group: string): UserId {
  return group.slice("presence:".length) as UserId;
}

function forgottenKey(user: UserId): string {
  return `forgotten:${user}`;
}

function untoldKey(user: UserId): string {
  return `untold:${user}`;
}

function announcedKey(user: UserId): string {
  return `announced:${user}`;
}
