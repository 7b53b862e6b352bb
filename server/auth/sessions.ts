/**
 * Sessions, in the store. A session is open while two values are there: `session.id:ID`, written once and never refreshed,
 * which holds the hash of its token; and `session:HASH`, what is known of it, refreshed by use. Ending deletes the first. A
 * use that races an end may write the second once more, but nothing brings back the first: what ended stays ended.
 * Ends are also noted in `sessions.ended:…`, for instances that nobody could tell.
 */
import { randomUUID } from "node:crypto";
import type { EpochMs, SessionId, UserId } from "#protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { hashToken, makeToken } from "./tokens.ts";

const MINUTE_MS = 60 * 1_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A session that is not used for this long is over. */
export const SESSION_IDLE_MS = 30 * DAY_MS;
/** However much it is used, a session is over after this. */
export const SESSION_MAX_MS = 90 * DAY_MS;
/** One more ends the one that was not used for longest: no script of a person's own can fill the store. */
export const SESSIONS_PER_USER_MAX = 50;
/** Use is written down at most this often: reading must not mean writing. */
export const SEEN_EVERY_MS = 5 * MINUTE_MS;
/** Ends are noted in sets of this length of time, of which `endedLately` looks through the last two. */
const NOTED_TOGETHER_MS = 10 * MINUTE_MS;

export interface Session {
  id: SessionId;
  user: UserId;
  device: string;
  createdAt: EpochMs;
  lastSeenAt: EpochMs;
  /** When it is over if it is not used again. */
  expiresAt: EpochMs;
}

/** Why a session ended: its own browser said so, or somebody else did (another device, the administrator). */
export type SessionEnd = "signedOut" | "revoked";

export interface EndedSession {
  id: SessionId;
  why: SessionEnd;
}

/** Told once for each session that is ended, before the call that ended it resolves. Must not reject. */
export type OnEnded = (ended: { id: SessionId; user: UserId }, why: SessionEnd) => void | Promise<void>;

export interface Sessions {
  /** The token is for the browser's cookie; nothing here can tell it again. */
  open(options: { user: UserId; device: string }): Promise<{ token: string; session: Session }>;
  /** The open session of a token; null when there is none. Counts as use. */
  find(token: string): Promise<Session | null>;
  /** Whether a session is open. Counts as use: a connected device does not become idle. */
  alive(id: SessionId): Promise<boolean>;
  /** The same, without counting as use. */
  isOpen(id: SessionId): Promise<boolean>;
  /** Open sessions of a user, newest use first. */
  list(user: UserId): Promise<Session[]>;
  /** The browser signs out. False when the session was over already. */
  end(token: string): Promise<boolean>;
  /** Revokes one session of `user`. False when there is none. */
  endById(user: UserId, id: SessionId): Promise<boolean>;
  /** Revokes all sessions of `user`, but for `keep`; returns how many. */
  endAll(user: UserId, options?: { keep?: SessionId }): Promise<number>;
  /** Which of those that `concerns` picks ended in the last ten minutes or so, by whatever process. */
  endedLately(concerns: (id: SessionId) => boolean): Promise<EndedSession[]>;
}

export interface SessionsDeps {
  store: Store;
  clock: Clock;
  onEnded: OnEnded;
}

type Kept = Omit<Session, "expiresAt">;

export function createSessions({ store, clock, onEnded }: SessionsDeps): Sessions {
  async function open({ user, device }: { user: UserId; device: string }) {
    for (const { id } of (await list(user)).slice(SESSIONS_PER_USER_MAX - 1)) await endById(user, id);
    const token = makeToken();
    const hash = hashToken(token);
    const now = clock();
    const kept: Kept = { id: randomUUID() as SessionId, user, device, createdAt: now, lastSeenAt: now };
    await write(hash, kept);
    await store.set(idKey(kept.id), hash, { ttlMs: SESSION_MAX_MS });
    // Last: `list` forgets members that are not open, and must not meet this one half open.
    await store.add(setKey(user), kept.id, { ttlMs: SESSION_MAX_MS });
    return { token, session: withExpiry(kept) };
  }

  async function find(token: string): Promise<Session | null> {
    return touch(await read(hashToken(token)));
  }

  async function alive(id: SessionId): Promise<boolean> {
    return (await touch(await readById(id))) !== null;
  }

  async function isOpen(id: SessionId): Promise<boolean> {
    return (await readById(id)) !== null;
  }

  async function list(user: UserId): Promise<Session[]> {
    const ids = (await store.members(setKey(user))) as SessionId[];
    const sessions = await Promise.all(
      ids.map(async (id) => {
        const kept = await readById(id);
        if (kept === null) await store.remove(setKey(user), id);
        return kept;
      }),
    );
    return sessions
      .flatMap((kept) => (kept === null ? [] : withExpiry(kept)))
      .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
  }

  async function end(token: string): Promise<boolean> {
    const kept = await read(hashToken(token));
    return kept !== null && close(kept, "signedOut");
  }

  async function endById(user: UserId, id: SessionId): Promise<boolean> {
    const kept = await readById(id);
    return kept !== null && kept.user === user && close(kept, "revoked");
  }

  async function endAll(user: UserId, { keep }: { keep?: SessionId } = {}): Promise<number> {
    const ids = ((await store.members(setKey(user))) as SessionId[]).filter((id) => id !== keep);
    const ended = await Promise.all(ids.map((id) => endById(user, id)));
    return ended.filter(Boolean).length;
  }

  async function endedLately(concerns: (id: SessionId) => boolean): Promise<EndedSession[]> {
    const now = clock();
    // The coming one too: the clock of whoever noted it may be ahead.
    const sets = [-1, 0, 1].map((shift) => store.members(endedKey(now + shift * NOTED_TOGETHER_MS)));
    const noted = (await Promise.all(sets)).flat().map((note) => JSON.parse(note) as EndedSession);
    const ended: EndedSession[] = [];
    for (const one of noted) if (concerns(one.id) && !(await isOpen(one.id))) ended.push(one);
    return ended;
  }

  /** Of racing ends one is true, and tells. */
  async function close(kept: Kept, why: SessionEnd): Promise<boolean> {
    // First of all: whoever dies in between has ended nothing, and what is open is not told of.
    const note = JSON.stringify({ id: kept.id, why } satisfies EndedSession);
    await store.add(endedKey(clock()), note, { ttlMs: 3 * NOTED_TOGETHER_MS });
    const hash = await store.get(idKey(kept.id));
    const first = await store.delete(idKey(kept.id));
    if (hash !== null) await store.delete(hashKey(hash));
    await store.remove(setKey(kept.user), kept.id);
    if (first) await onEnded({ id: kept.id, user: kept.user }, why);
    return first;
  }

  async function readById(id: SessionId): Promise<Kept | null> {
    const hash = await store.get(idKey(id));
    const text = hash === null ? null : await store.get(hashKey(hash));
    return text === null ? null : (JSON.parse(text) as Kept);
  }

  /** Open is only what its id leads to: of a session that ended while it was used, a copy under its hash may be left. */
  async function read(hash: string): Promise<Kept | null> {
    const text = await store.get(hashKey(hash));
    if (text === null) return null;
    const kept = JSON.parse(text) as Kept;
    return (await store.get(idKey(kept.id))) === hash ? kept : null;
  }

  async function touch(kept: Kept | null): Promise<Session | null> {
    if (kept === null) return null;
    const now = clock();
    if (now - kept.lastSeenAt < SEEN_EVERY_MS) return withExpiry(kept);
    const hash = await store.get(idKey(kept.id));
    if (hash === null) return null;
    const seen = { ...kept, lastSeenAt: now };
    await write(hash, seen);
    return withExpiry(seen);
  }

  async function write(hash: string, kept: Kept): Promise<void> {
    const ttlMs = Math.max(withExpiry(kept).expiresAt - clock(), 1);
    await store.set(hashKey(hash), JSON.stringify(kept), { ttlMs });
  }

  return { open, find, alive, isOpen, list, end, endById, endAll, endedLately };
}

function withExpiry(kept: Kept): Session {
  const expiresAt = Math.min(kept.lastSeenAt + SESSION_IDLE_MS, kept.createdAt + SESSION_MAX_MS);
  return { ...kept, expiresAt };
}

function hashKey(hash: string): string {
  return `session:${hash}`;
}

function idKey(id: SessionId): string {
  return `session.id:${id}`;
}

function setKey(user: UserId): string {
  return `sessions:${user}`;
}

function endedKey(at: EpochMs): string {
  return `sessions.ended:${Math.floor(at / NOTED_TOGETHER_MS)}`;
}
