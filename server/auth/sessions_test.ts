import { beforeEach, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import {
  SEEN_EVERY_MS,
  SESSIONS_PER_USER_MAX,
  SESSION_IDLE_MS,
  SESSION_MAX_MS,
  createSessions,
} from "./sessions.ts";
import type { Sessions } from "./sessions.ts";

const DAY_MS = 24 * 60 * 60_000;
const ann = randomUUID() as UserId;
const ben = randomUUID() as UserId;

let now: number;
let store: Store;
let sessions: Sessions;
let ended: string[];

beforeEach(() => {
  now = Date.UTC(2026, 5, 15, 12);
  store = createSqliteStore(":memory:", { clock: () => now });
  ended = [];
  sessions = openSessions(store);
});

function openSessions(store: Store): Sessions {
  return createSessions({
    store,
    clock: () => now,
    onEnded: ({ id }, why) => void ended.push(`${why} ${id}`),
  });
}

describe("a session", () => {
  test("is found by its token and by no other", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    expect(session).toMatchObject({ user: ann, device: "Chrome on Linux", createdAt: now, lastSeenAt: now });
    expect(await sessions.find(token)).toEqual(session);
    expect(await sessions.find(session.id)).toBeNull();
    expect(await sessions.find("")).toBeNull();
  });

  test("leaves no token in the store", async () => {
    const written: string[] = [];
    const watched = openSessions({
      ...store,
      set(key, value, options) {
        written.push(key, value);
        return store.set(key, value, options);
      },
      add(set, member, options) {
        written.push(set, member);
        return store.add(set, member, options);
      },
    });
    const { token } = await watched.open({ user: ann, device: "Chrome on Linux" });
    expect(written.length).toBeGreaterThan(0);
    expect(written.join(" ")).not.toContain(token);
  });

  test("is over when it was not used for thirty days", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    expect(session.expiresAt).toBe(now + SESSION_IDLE_MS);
    now += SESSION_IDLE_MS;
    expect(await sessions.find(token)).toBeNull();
    expect(await sessions.alive(session.id)).toBe(false);
    expect(await sessions.list(ann)).toEqual([]);
  });

  test("lives on by use, but for ninety days at most", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    const endsAt = session.createdAt + SESSION_MAX_MS;
    for (; now < endsAt - DAY_MS; now += 10 * DAY_MS) {
      expect(await sessions.find(token)).not.toBeNull();
    }
    now = endsAt - 1;
    expect(await sessions.find(token)).toMatchObject({ lastSeenAt: now, expiresAt: endsAt });
    now = endsAt;
    expect(await sessions.find(token)).toBeNull();
  });

  test("lives on while a connection asks whether it does", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    now += 20 * DAY_MS;
    expect(await sessions.alive(session.id)).toBe(true);
    now += 20 * DAY_MS;
    expect(await sessions.find(token)).not.toBeNull();
  });

  test("writes its use down once in a few minutes", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    now += SEEN_EVERY_MS - 1;
    expect(await sessions.find(token)).toMatchObject({ lastSeenAt: session.createdAt });
    now += 1;
    expect(await sessions.find(token)).toMatchObject({ lastSeenAt: now });
  });
});

test("of more sessions than a person may have, the one not used for longest ends", async () => {
  const opened = [];
  for (let at = 0; at <= SESSIONS_PER_USER_MAX; at++) {
    now += 1;
    opened.push(await sessions.open({ user: ann, device: "Chrome on Linux" }));
  }
  const bens = await sessions.open({ user: ben, device: "Chrome on Linux" });
  expect(await sessions.list(ann)).toHaveLength(SESSIONS_PER_USER_MAX);
  expect(ended).toEqual([`revoked ${opened[0]?.session.id}`]);
  expect(await sessions.find(opened.at(-1)?.token ?? "")).not.toBeNull();
  expect(await sessions.find(bens.token)).not.toBeNull();
});

describe("ending", () => {
  test("by sign-out is told once and is final", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    expect(await sessions.end(token)).toBe(true);
    expect(await sessions.end(token)).toBe(false);
    expect(await sessions.find(token)).toBeNull();
    expect(await sessions.alive(session.id)).toBe(false);
    expect(ended).toEqual([`signedOut ${session.id}`]);
  });

  test("of one device by another leaves the others alone", async () => {
    const phone = await sessions.open({ user: ann, device: "Safari on iPhone" });
    const laptop = await sessions.open({ user: ann, device: "Chrome on Linux" });
    expect(await sessions.endById(ann, phone.session.id)).toBe(true);
    expect(await sessions.find(phone.token)).toBeNull();
    expect(await sessions.find(laptop.token)).not.toBeNull();
    expect(ended).toEqual([`revoked ${phone.session.id}`]);
  });

  test("of somebody else's session is refused", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    expect(await sessions.endById(ben, session.id)).toBe(false);
    expect(await sessions.endById(ann, randomUUID() as SessionId)).toBe(false);
    expect(await sessions.find(token)).not.toBeNull();
    expect(ended).toEqual([]);
  });

  test("of all ends each of that user's and nobody else's", async () => {
    await sessions.open({ user: ann, device: "Safari on iPhone" });
    await sessions.open({ user: ann, device: "Chrome on Linux" });
    const bens = await sessions.open({ user: ben, device: "Firefox on Windows" });
    expect(await sessions.endAll(ann)).toBe(2);
    expect(await sessions.list(ann)).toEqual([]);
    expect(await sessions.find(bens.token)).not.toBeNull();
    expect(ended).toHaveLength(2);
  });

  test("of all others leaves the one that asked alone", async () => {
    const here = await sessions.open({ user: ann, device: "Chrome on Linux" });
    const there = await sessions.open({ user: ann, device: "Safari on iPhone" });
    expect(await sessions.endAll(ann, { keep: here.session.id })).toBe(1);
    expect(await sessions.find(here.token)).not.toBeNull();
    expect(ended).toEqual([`revoked ${there.session.id}`]);
  });

  test("from many sides at once is told once", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    await Promise.all([sessions.end(token), sessions.endById(ann, session.id), sessions.endAll(ann)]);
    expect(ended).toHaveLength(1);
  });

  test("is not undone by a use that raced it", async () => {
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    now += SEEN_EVERY_MS;
    const racing = openSessions({
      ...store,
      async set(key, value, options) {
        // The use has read the session and is about to write it back: just then it is ended.
        await sessions.end(token);
        return store.set(key, value, options);
      },
    });
    await racing.find(token);
    expect(await sessions.find(token)).toBeNull();
    expect(await sessions.alive(session.id)).toBe(false);
  });
});

test("the list has the newest use first and forgets what is over", async () => {
  const old = await sessions.open({ user: ann, device: "Safari on iPhone" });
  now += 20 * DAY_MS;
  const middle = await sessions.open({ user: ann, device: "Chrome on Linux" });
  now += DAY_MS;
  const young = await sessions.open({ user: ann, device: "Firefox on Windows" });
  const devices = async () => (await sessions.list(ann)).map((session) => session.id);
  expect(await devices()).toEqual([young.session.id, middle.session.id, old.session.id]);
  now += 10 * DAY_MS;
  expect(await devices()).toEqual([young.session.id, middle.session.id]);
  expect(await store.members(`sessions:${ann}`)).not.toContain(old.session.id);
});

describe("who was not told of an end", () => {
  const everything = () => true;

  test("finds it for ten minutes, with the reason, among those asked about", async () => {
    const own = await sessions.open({ user: ann, device: "Chrome on Linux" });
    const other = await sessions.open({ user: ben, device: "Chrome on Linux" });
    await sessions.open({ user: ben, device: "Safari on iPhone" });
    await sessions.end(own.token);
    await sessions.endById(ben, other.session.id);
    now += 10 * 60_000;
    const elsewhere = openSessions(store);
    const found = await elsewhere.endedLately(everything);
    expect(new Map(found.map(({ id, why }) => [id, why]))).toEqual(
      new Map([
        [own.session.id, "signedOut"],
        [other.session.id, "revoked"],
      ]),
    );
    expect(await elsewhere.endedLately((id) => id === other.session.id)).toEqual([
      { id: other.session.id, why: "revoked" },
    ]);
    now += 20 * 60_000;
    expect(await elsewhere.endedLately(everything)).toEqual([]);
  });

  test("does not take for ended what somebody died over ending", async () => {
    const dying = openSessions({ ...store, delete: () => Promise.reject(new Error("killed")) });
    const { token, session } = await sessions.open({ user: ann, device: "Chrome on Linux" });
    expect(dying.end(token)).rejects.toThrow("killed");
    expect(await sessions.endedLately(everything)).toEqual([]);
    await sessions.end(token);
    expect(await sessions.endedLately(everything)).toEqual([{ id: session.id, why: "signedOut" }]);
  });
});
