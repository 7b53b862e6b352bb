import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Message } from "#protocol/frames.ts";
import type { NewInvite } from "#protocol/http.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { connectUsers } from "../contacts/connect.ts";
import type { Writer } from "../messages/writer.ts";
import { DAY_MS } from "../retention/kept.ts";
import { makePartitions } from "../retention/partitions.ts";
import type { Browser } from "../testing/browser.ts";
import { openDoor } from "../testing/door.ts";
import type { Door, DoorPerson } from "../testing/door.ts";
import { newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { exportOf, streamOf } from "./export.ts";

const START = Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;
let door: Door;
let now: number;
let writer: Writer;
let ann: DoorPerson;
let ben: DoorPerson;
let anns: Browser;

beforeAll(async () => {
  database = await testDatabase();
  for (let day = -9; day <= 1; day++) await makePartitions(database.db, START + day * DAY_MS);
});

afterAll(() => database.close());

beforeEach(async () => {
  now = START;
  door = openDoor({ db: database.db, clock: () => now });
  writer = testWriter({ db: database.db, clock: () => now }).writer;
  [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
  await connect(ann, ben);
  anns = door.browser();
  await door.signIn(anns, ann.phone);
});

afterEach(async () => {
  await door.close();
  await database.db`truncate users, inbox, messages cascade`;
});

function connect(one: DoorPerson, other: DoorPerson) {
  return database.db.begin((tx) => connectUsers(tx, [one.id, other.id], { at: now, origin: "a test" }));
}

function say(from: DoorPerson, to: DoorPerson, text: string) {
  return writer.write({ kind: "send", user: from.id, cid: newCid(), to: to.id, text });
}

interface Exported {
  profile: object;
  sessions: object[];
  signIns: object[];
  contacts: { name: string }[];
  conversations: { id: ConversationId; with: { name: string }; messages: Message[] }[];
}

async function exported(browser: Browser = anns): Promise<Exported> {
  const { status, body } = await browser.get("/api/export");
  expect(status).toBe(200);
  return body as Exported;
}

describe("an export", () => {
  test("is a document to keep, with everything that is the person's own", async () => {
    await say(ann, ben, "hello");
    await say(ben, ann, "hi");
    const { status, headers, body } = await anns.get("/api/export");
    expect(status).toBe(200);
    expect(headers.get("content-disposition")).toBe('attachment; filename="parley-export.json"');
    expect(headers.get("cache-control")).toBe("no-store");
    const session = { user: ann.id, device: "Unknown device", createdAt: now, lastSeenAt: now };
    expect(body).toMatchObject({
      format: "parley-export",
      version: 1,
      exportedAt: now,
      profile: {
        id: ann.id,
        name: "Ann",
        phone: ann.phone,
        email: ann.email,
        showsPresence: true,
        sendsReceipts: true,
        invitedBy: null,
        createdAt: now,
      },
      invites: [],
      sessions: [session],
      signIns: [{ device: "Unknown device", at: now }],
      contacts: [{ id: ben.id, name: "Ben" }],
      conversations: [
        { with: { id: ben.id, name: "Ben" }, messages: [{ text: "hi" }, { text: "hello", from: ann.id }] },
      ],
    });
    expect(JSON.stringify(body)).not.toContain("ealed");
    expect(JSON.stringify(body)).not.toContain(anns.cookies.get("parley") ?? "");
  });

  test("says what the person has switched off, and which invites are open, without what opens them", async () => {
    await anns.patch("/api/profile", { showsPresence: false, sendsReceipts: false });
    const { body } = await anns.post("/api/invites", {});
    const { token, ...invite } = body as NewInvite;
    const document = await exported();
    expect(document).toMatchObject({
      profile: { showsPresence: false, sendsReceipts: false },
      invites: [invite],
    });
    expect(JSON.stringify(document)).not.toContain(token);
  });

  test("has nothing of anybody else but what they said to the person", async () => {
    const cat = await door.addPerson("Cat");
    await connect(ben, cat);
    await say(ben, cat, "not for ann");
    const text = JSON.stringify(await exported());
    for (const other of ["not for ann", "Cat", ben.phone, ben.email]) expect(text).not.toContain(other);
  });

  test("has messages within the retention, and none that is older", async () => {
    now = START - RETENTION_MS - DAY_MS;
    await say(ann, ben, "eight days ago");
    now = START - RETENTION_MS + DAY_MS;
    await say(ann, ben, "six days ago");
    now = START;
    const [conversation] = (await exported()).conversations;
    expect(conversation?.messages.map(({ text }) => text)).toEqual(["six days ago"]);
  });

  test("of a long history has every message once, newest first", async () => {
    const sent = Array.from({ length: 450 }, (_, n) => `message ${n}`);
    await Promise.all(sent.map((text) => say(ann, ben, text)));
    const [conversation] = (await exported()).conversations;
    expect(conversation?.messages.map(({ text }) => text)).toEqual(sent.toReversed());
  });

  test("of somebody who has nothing yet is a whole document too", async () => {
    const cat = await door.addPerson("Cat");
    const cats = door.browser();
    await door.signIn(cats, cat.phone);
    expect(await exported(cats)).toMatchObject({ contacts: [], conversations: [] });
  });

  test("is made as it is read: who stops reading stops it", async () => {
    await Promise.all(Array.from({ length: 450 }, (_, n) => say(ann, ben, `message ${n}`)));
    let statements = 0;
    const counting = new Proxy(database.db, {
      apply(target, self, args) {
        if (String(args[0]).includes("cross join lateral")) statements += 1;
        return Reflect.apply(target, self, args);
      },
    });
    const reader = streamOf(exportOf({ ...door, db: counting }, { user: ann.id, now })).getReader();
    for (let piece = 0; piece < 3; piece++) await reader.read();
    expect(statements).toBe(1);
    await reader.cancel();
    expect(statements).toBe(1);
  });

  test("is for who is signed in, some times an hour", async () => {
    expect(await door.browser().get("/api/export")).toMatchObject({ status: 401 });
    for (let times = 0; times < 6; times++) await exported();
    expect(await anns.get("/api/export")).toMatchObject({
      status: 429,
      body: { code: "rate_limited", retryAfterMs: expect.any(Number) },
    });
    now += 60 * 60 * 1_000;
    await exported();
  });
});
