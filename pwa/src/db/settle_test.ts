import { afterEach, beforeEach, expect, test } from "bun:test";
import { Window } from "happy-dom";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import { freshName } from "../testing/disk.ts";
import { mintCid } from "../net/cid.ts";
import { createLog } from "../testing/log.ts";
import { adopt, leave } from "./device.ts";
import { createJotter } from "./jotter.ts";
import { openDisk } from "./open.ts";
import type { Disk } from "./open.ts";
import { settleJottings } from "./settle.ts";
import type { DraftRow, UnsentRow } from "./schema.ts";
import { keepDraft } from "./drafts.ts";
import { keepUnsent, unsentRows } from "./unsent.ts";

const { me } = createLog({ now: () => 0 });
const conversation = crypto.randomUUID() as ConversationId;
let store: Storage;
let disk: Disk;

beforeEach(async () => {
  store = new Window().localStorage as unknown as Storage;
  disk = openDisk({ name: freshName(), jotter: createJotter(store) });
  await adopt(disk, me);
});
afterEach(() => disk.close());

function draft(text: string, changedAt: number): DraftRow {
  return { conversation, text, replyTo: null, changedAt };
}

function unsent(text: string, composedAt: number): Omit<UnsentRow, "order"> {
  const when = { composedAt, wantedAt: composedAt, saidAt: null };
  const cid = crypto.randomUUID() as Cid;
  return { cid, conversation, to: crypto.randomUUID() as UserId, text, ...when, refused: null };
}

const owner = () => ({ disk, user: me.id });
const drafts = () => disk.read((tx) => tx.objectStore("drafts").getAll());
const texts = async () => (await disk.read(unsentRows)).map(({ text }) => text);

test("what a page that was closed had typed and sent comes after what the database has, once", async () => {
  await keepDraft(owner(), draft("half", 1));
  await keepUnsent(owner(), unsent("first", 1), { endsDraft: false });
  const sent = unsent("half a word", 2);
  disk.jotter.jot(me.id, { kind: "unsent", row: sent, endsDraft: true });
  await settleJottings(owner());
  expect(await texts()).toEqual(["first", "half a word"]);
  expect(await drafts()).toEqual([]);
  expect(store.length).toBe(0);
  disk.jotter.jot(me.id, { kind: "unsent", row: sent, endsDraft: true });
  disk.jotter.jot(me.id, { kind: "draft", row: draft("and more", 3) });
  await settleJottings(owner());
  expect(await texts()).toEqual(["first", "half a word"]);
  expect(await drafts()).toMatchObject([{ text: "and more" }]);
});

test("what was sent within one moment keeps its order, however the store has it", async () => {
  const sent = ["one", "two", "three"].map((text) => ({ ...unsent(text, 7), cid: mintCid(7) }));
  for (const row of sent.toReversed()) disk.jotter.jot(me.id, { kind: "unsent", row, endsDraft: true });
  await settleJottings(owner());
  expect(await texts()).toEqual(["one", "two", "three"]);
});

test("the newer of two drafts stays, and an emptied one stays empty", async () => {
  await keepDraft(owner(), draft("newer", 5));
  disk.jotter.jot(me.id, { kind: "draft", row: draft("older", 4) });
  await settleJottings(owner());
  expect(await drafts()).toMatchObject([{ text: "newer" }]);
  disk.jotter.jot(me.id, { kind: "draft", row: draft("", 6) });
  await settleJottings(owner());
  expect(await drafts()).toEqual([]);
});

test("striking out leaves what was jotted down since", () => {
  const strike = disk.jotter.jot(me.id, { kind: "draft", row: draft("a", 1) });
  const strikeLast = disk.jotter.jot(me.id, { kind: "draft", row: draft("ab", 2) });
  strike();
  expect(disk.jotter.of(me.id).map(({ jotting }) => jotting.row)).toMatchObject([{ text: "ab" }]);
  strikeLast();
  expect(store.length).toBe(0);
});

test("nothing of who signs out stays, and nothing of anybody but who is here", async () => {
  const other = crypto.randomUUID() as UserId;
  for (const user of [me.id, other]) disk.jotter.jot(user, { kind: "draft", row: draft("secret", 1) });
  disk.jotter.clear({ butOf: me.id });
  expect([disk.jotter.of(other).length, disk.jotter.of(me.id).length]).toEqual([0, 1]);
  await leave(disk, { session: me.session });
  expect(store.length).toBe(0);
});

test("a store that is full is no reason to stop: the database is told next", () => {
  const full = {
    length: 0,
    key: () => null,
    getItem: () => null,
    removeItem: () => {},
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  const jotter = createJotter(full);
  jotter.jot(me.id, { kind: "draft", row: draft("a", 1) })();
  expect(jotter.of(me.id)).toEqual([]);
});
