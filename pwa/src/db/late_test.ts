import { beforeEach, expect, test } from "bun:test";
import { Window } from "happy-dom";
import type { Person } from "#protocol/frames.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { freshName } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { composed } from "../testing/unsent.ts";
import { adopt } from "./device.ts";
import { keepDraft } from "./drafts.ts";
import { createJotter } from "./jotter.ts";
import { keepLate, lateOf } from "./late.ts";
import { load } from "./load.ts";
import { openDisk } from "./open.ts";
import type { Disk } from "./open.ts";
import type { SealedRow, UnsentRow } from "./schema.ts";
import { countSealed } from "./sealed.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

let log: Log;
let bob: Person;
let conversation: ConversationId;
let disk: Disk;

beforeEach(() => {
  log = createLog({ now: () => NOW });
  ({ person: bob, conversation } = log.meet("Bob"));
  disk = openDisk({
    name: freshName(),
    jotter: createJotter(new Window().localStorage as unknown as Storage),
  });
});

const user = () => log.me.id;
const sealed = (): SealedRow => ({
  user: user(),
  messages: 1,
  drafts: 1,
  seal: null,
  body: new Uint8Array(),
});

function row(text: string): UnsentRow {
  return { ...composed({ conversation, to: bob.id, text, now: NOW }), order: 1 };
}

test("what came late is what is jotted down, and what only a tab has, each once, but for what is known", () => {
  const [both, jotted, loose, known] = ["both", "jotted", "loose", "known"].map(row);
  for (const one of [both, jotted, known])
    if (one) disk.jotter.jot(user(), { kind: "unsent", row: one, endsDraft: true });
  disk.jotter.jot(user(), { kind: "draft", row: { conversation, text: "half a", changedAt: NOW } });
  disk.jotter.jot(bob.id, { kind: "draft", row: { conversation, text: "another's", changedAt: NOW } });
  const late = lateOf(disk, user(), {
    loose: [both, loose].flatMap((one) => one ?? []),
    known: { unsent: known ? [known] : [], drafts: [] },
  });
  expect(late.unsent.map(({ text }) => text).toSorted()).toEqual(["both", "jotted", "loose"]);
  expect(late.drafts.map(({ text }) => text)).toEqual(["half a"]);
  late.strike();
  expect([disk.jotter.of(user()).length, disk.jotter.of(bob.id).length]).toEqual([0, 1]);
});

test("a draft that was emptied is none, nor is one that is sealed already", () => {
  disk.jotter.jot(user(), { kind: "draft", row: { conversation, text: "", changedAt: NOW } });
  expect(lateOf(disk, user(), {}).drafts).toEqual([]);
  const draft = { conversation, text: "half a", changedAt: NOW };
  disk.jotter.jot(user(), { kind: "draft", row: draft });
  expect(lateOf(disk, user(), { known: { unsent: [], drafts: [draft] } }).drafts).toEqual([]);
});

test("it is sealed beside the rest while its person is not here", async () => {
  const late = { unsent: [row("late")], drafts: [] };
  expect(await keepLate(disk, { user: user(), late, sealed: sealed() })).toBeNull();
  expect(await countSealed(disk)).toEqual({ messages: 1, drafts: 1 });
});

test("it goes to its person where they are here again: what they typed since stays, and they are asked before it is sent", async () => {
  await adopt(disk, log.me);
  await keepDraft({ disk, user: user() }, { conversation, text: "since", changedAt: NOW });
  const late = { unsent: [row("late")], drafts: [{ conversation, text: "half a", changedAt: NOW - 1 }] };
  const told = await keepLate(disk, { user: user(), late, sealed: sealed() });
  const { unsent, drafts } = await load({ disk, user: user() });
  expect(unsent).toMatchObject([{ text: "late", wantedAt: 0 }]);
  expect(drafts).toMatchObject([{ text: "half a\nsince" }]);
  expect([told, await countSealed(disk)]).toEqual([drafts, null]);
});
