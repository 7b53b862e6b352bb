/**
 * Presence: a lease for each connection in the store, refreshed by heartbeats, dying by itself; a user is as present as
 * their best device. Only changes are announced.
 *
 * What was announced last is kept beside the leases. `settle` compares the two and announces the difference, then looks
 * again: two instances that settle one user at the same moment each write before they read, so at least one of them sees
 * the newer state. A connection that closes leaves its lease for the grace, so a reload announces nothing; a lease that
 * ends, whoever held it, is taken by one instance, which settles its user.
 *
 * An announcement is marked as untold until the bus has taken it. One that it did not take is made again by its instance; one whose
 * instance crashed meanwhile, by whoever settles the user next.
 */
import type { Logger } from "pino";
import type { PresenceNotice } from "#protocol/frames.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { PRESENCE_GRACE_MS, PRESENCE_LEASE_MS, PRESENCE_UNTIL_MS, RETENTION_MS } from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { Lease, Store } from "../store/store.ts";

/** `hidden` is no state of anybody: it is what somebody hears who is not to know (gateway/sight.ts). */
export type PresenceState = Exclude<PresenceNotice["state"], "hidden">;
/** A notice for those who may see. */
export type PresenceSeen = PresenceNotice & { state: PresenceState };
export type DeviceState = "online" | "away";

/** How often an instance looks for leases that ended, and how many it takes at once. */
const SWEEP_EVERY_MS = 1_000;
const SWEEP_BATCH = 200;
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

/** What was announced last about a user. */
interface Announced {
  state: PresenceState;
  until: EpochMs;
  lastSeenAt?: EpochMs;
}

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
  async function settle(user: UserId, known?: readonly Lease[]): Promise<void> {
    for (let round = 0; round < SETTLE_ROUNDS; round++) {
      const [leases, [kept = null, mark = null]] = await Promise.all([
        (round === 0 && known) || store.leases([groupOf(user)]),
        store.values([announcedKey(user), untoldKey(user)]),
      ]);
      const announced = toAnnounced(kept);
      // In later rounds the mark is of the announcement that was just made.
      const again = round === 0 && mark !== null;
      const next = nextAnnouncement(best(leases), { announced, again, now: clock() });
      if (next === null) return;
      await Promise.all([
        store.set(announcedKey(user), JSON.stringify(next), { ttlMs: RETENTION_MS }),
        store.set(untoldKey(user), "", { ttlMs: PRESENCE_UNTIL_MS }),
      ]);
      // Looked for after the write: whoever forgets first sets the mark, and then deletes.
      if (await isForgotten(user)) return deleteKeys(user);
      void tell(
        { type: "presence", user, ...next },
        { changed: next.state !== (announced?.state ?? "offline") },
      );
    }
  }

  async function tell(notice: PresenceSeen, about: { changed: boolean }): Promise<void> {
    try {
      await announce(notice, about);
    } catch (error) {
      if (due.size === 0) log.warn({ err: error }, "presence did not reach the bus; it will be told again");
      due.add(notice.user);
      return;
    }
    try {
      await store.delete(untoldKey(notice.user));
    } catch (error) {
      log.debug(
        { err: error },
        "presence that was told is still marked as untold; it will be told once more",
      );
    }
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
    const ended = await store.takeExpired(SWEEP_BATCH);
    for (const { group } of ended) if (isPresence(group)) due.add(userOf(group));
    for (const user of [...due].slice(0, SWEEP_BATCH)) {
      due.delete(user);
      await settle(user).catch((error: unknown) => {
        // Nobody else will: a lease that has ended is taken once.
        due.add(user);
        throw error;
      });
    }
    return ended.length;
  }

  async function sweepAgain(): Promise<void> {
    try {
      while (!stopped && (await sweep()) === SWEEP_BATCH);
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

/** What to announce, or null when what was announced is still true, good for a while, and not to be said `again`. */
function nextAnnouncement(
  state: PresenceState,
  { announced, again, now }: { announced: Announced | null; again: boolean; now: EpochMs },
): Announced | null {
  const unchanged = (announced?.state ?? "offline") === state;
  const aged = state !== "offline" && (announced?.until ?? 0) - now < PRESENCE_UNTIL_MS / 2;
  return unchanged && !aged && !again ? null : announcementOf(state, { announced, now, changed: !unchanged });
}

function announcementOf(
  state: PresenceState,
  { announced, now, changed = false }: { announced: Announced | null; now: EpochMs; changed?: boolean },
): Announced {
  const until = now + PRESENCE_UNTIL_MS;
  if (state !== "offline") return { state, until };
  const lastSeenAt = changed ? now : announced?.lastSeenAt;
  return lastSeenAt === undefined ? { state, until } : { state, until, lastSeenAt };
}

function best(leases: readonly Lease[]): PresenceState {
  if (leases.some((lease) => lease.value === "online")) return "online";
  return leases.length > 0 ? "away" : "offline";
}

function toAnnounced(kept: string | null): Announced | null {
  return kept === null ? null : (JSON.parse(kept) as Announced);
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
