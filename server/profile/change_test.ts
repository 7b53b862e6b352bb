import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { InboxEvent } from "#protocol/frames.ts";
import type { ProfileChange } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { connectUsers } from "../contacts/connect.ts";
import { peersOf } from "../contacts/queries.ts";
import { NOTHING_APPENDED } from "../inbox/append.ts";
import { selectFrames } from "../inbox/queries.ts";
import { readSnapshot } from "../messages/history.ts";
import { openDoor } from "../testing/door.ts";
import type { Door } from "../testing/door.ts";
import { makePair } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { changeProfile, selectProfile } from "./change.ts";

const NOW = Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;
let alice: UserId;
let bob: UserId;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [NOW] });
});

afterAll(() => database.close());

beforeEach(async () => {
  ({ alice, bob } = await makePair(database.db));
});

function change(user: UserId, to: ProfileChange) {
  return changeProfile(database.db, { user, change: to, at: NOW, origin: "a test" });
}

async function eventsOf(user: UserId): Promise<InboxEvent[]> {
  const frames = await selectFrames(database.db, user, { after: 0, limit: 100, since: 0 });
  return frames.map(({ frame }) => JSON.parse(frame) as InboxEvent);
}

describe("a new name or colour", () => {
  test("reaches the own devices, and everybody who has the person as a contact", async () => {
    const { profile, appended } = await change(alice, { name: "Alicia", hue: 210 });
    expect(profile).toEqual({
      id: alice,
      name: "Alicia",
      hue: 210,
      showsPresence: true,
      sendsReceipts: true,
    });
    expect(await eventsOf(alice)).toMatchObject([{ kind: "settings", profile }]);
    expect(await eventsOf(bob)).toMatchObject([
      { kind: "contact", contact: { id: alice, name: "Alicia", hue: 210, standing: "contact" } },
    ]);
    expect(appended.rows.map(({ frame }) => JSON.parse(frame))).toEqual([
      ...(await eventsOf(alice)),
      ...(await eventsOf(bob)),
    ]);
    expect((await readSnapshot(database.db, { user: alice, now: NOW })).me).toEqual(profile);
  });

  test("tells who has shut the person out, or is shut out, no less: that they were is not to show", async () => {
    await database.db`update conversations set low_blocks_after = 0 where ${alice} in (low_user, high_user)`;
    await change(alice, { name: "Alicia" });
    await change(bob, { name: "Robert" });
    expect(await eventsOf(bob)).toMatchObject([{ contact: { name: "Alicia" } }, { kind: "settings" }]);
    expect(await eventsOf(alice)).toMatchObject([{ kind: "settings" }, { contact: { name: "Robert" } }]);
  });

  test("does not reach whoever is a contact no more", async () => {
    await database.db`update conversations set ended_at = ${NOW} where ${alice} in (low_user, high_user)`;
    await change(alice, { name: "Alicia" });
    expect(await eventsOf(bob)).toEqual([]);
  });

  test("reaches somebody who becomes a contact at that very moment", async () => {
    const { alice: carol } = await makePair(database.db);
    await Promise.all([
      change(alice, { name: "Alicia" }),
      database.db.begin((tx) => connectUsers(tx, [alice, carol], { at: NOW, origin: "a test" })),
    ]);
    expect((await eventsOf(carol)).at(-1)).toMatchObject({ contact: { id: alice, name: "Alicia" } });
  });
});

describe("a switch", () => {
  test("reaches the own devices alone; the contacts' connections look again at whom they see", async () => {
    const { profile, appended } = await change(alice, { showsPresence: false });
    expect(await eventsOf(alice)).toMatchObject([{ kind: "settings", profile: { showsPresence: false } }]);
    expect(await eventsOf(bob)).toEqual([]);
    expect(appended.stirred).toEqual([bob]);
    expect(await selectProfile(database.db, alice)).toEqual(profile);
    for (const [user, peer] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      expect(await peersOf(database.db, user)).toMatchObject([
        { id: peer, relation: "contact", showsPresence: false },
      ]);
    }
  });

  test("that stands so already, changes and tells nothing", async () => {
    expect((await change(alice, { sendsReceipts: true })).appended).toEqual(NOTHING_APPENDED);
    expect(await eventsOf(alice)).toEqual([]);
  });
});

describe("at the door", () => {
  let door: Door;

  beforeAll(() => {
    door = openDoor({ db: database.db, clock: () => NOW });
  });

  afterAll(() => door.close());

  async function signedIn() {
    const ann = await door.addPerson("Ann");
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    return { ann, browser };
  }

  test("a person changes what they show of themselves, cleaned", async () => {
    const { ann, browser } = await signedIn();
    const { status, body } = await browser.patch("/api/profile", {
      name: " Ann\n Lee \u202E",
      sendsReceipts: false,
    });
    expect([status, body]).toMatchObject([
      200,
      { id: ann.id, name: "Ann Lee", hue: null, sendsReceipts: false },
    ]);
    expect((await browser.get("/api/me")).body).toMatchObject({ name: "Ann Lee", sendsReceipts: false });
    expect(door.told.at(-1)).toMatchObject({ rows: [{ user: ann.id, kind: "settings" }] });
  });

  test("a name that is none, and a colour that is none, are refused", async () => {
    const { browser } = await signedIn();
    for (const name of ["", " \u0000 ", "x".repeat(81)]) {
      expect(await browser.patch("/api/profile", { name })).toMatchObject({
        status: 422,
        body: { code: "bad_name" },
      });
    }
    for (const hue of [-1, 360, 1.5, "red"]) {
      expect(await browser.patch("/api/profile", { hue })).toMatchObject({ status: 400 });
    }
    expect(await door.browser().patch("/api/profile", {})).toMatchObject({ status: 401 });
  });
});
