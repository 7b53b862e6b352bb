import { beforeEach, expect, test } from "bun:test";
import type { Person } from "#protocol/frames.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { freshName, openFor, summaryOf } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { composed } from "../testing/unsent.ts";
import { applySnapshot } from "./apply.ts";
import { keepDraft } from "./drafts.ts";
import { load, readNewest } from "./load.ts";
import type { Disk } from "./open.ts";
import { purge } from "./purge.ts";
import { keepUnsent } from "./unsent.ts";

const START = Date.UTC(2026, 10, 22, 12);
const HOUR_MS = 3_600_000;

let now: number;
let log: Log;
let bob: Person;
let conversation: ConversationId;
let owner: { disk: Disk; user: UserId };

beforeEach(async () => {
  now = START;
  log = createLog({ now: () => now });
  ({ person: bob, conversation } = log.meet("Bob"));
  log.hear(bob.id, "old");
  now += HOUR_MS;
  log.hear(bob.id, "younger");
  owner = { disk: await openFor(log, freshName()), user: log.me.id };
  await applySnapshot(owner, { snapshot: log.snapshot() });
});

test("nothing older than the retention stays, and unread follows", async () => {
  const purged = await purge(owner, { now: START + RETENTION_MS + 1 });
  const left = await readNewest(owner.disk, { conversation, from: 0, limit: 10 });
  expect(left.map(({ text }) => text)).toEqual(["younger"]);
  expect(purged.conversations.map(({ unread }) => unread)).toEqual([1]);
  expect(purged.before).toBe(START + 1);
});

test("exactly the retention is not older", async () => {
  await purge(owner, { now: START + RETENTION_MS });
  expect(await readNewest(owner.disk, { conversation, from: 0, limit: 10 })).toHaveLength(2);
});

test("a conversation whose messages are all gone stays, empty", async () => {
  await purge(owner, { now: now + RETENTION_MS + 1 });
  const { last, unread, row } = await summaryOf(owner, conversation);
  expect({ last, unread, headSeq: row.headSeq }).toEqual({ last: null, unread: 0, headSeq: 2 });
});

test("what was not sent is the person's own: no clock takes it, nor a draft", async () => {
  const own = composed({ conversation, to: bob.id, text: "own", now: START });
  await keepUnsent(owner, own);
  await keepDraft(owner, { conversation, text: "own too", changedAt: START });
  expect((await purge(owner, { now: START + 10 * RETENTION_MS })).settled).toEqual([]);
  const { unsent, drafts } = await load(owner);
  expect([unsent.map((row) => row.cid), drafts.map((row) => row.text)]).toEqual([[own.cid], ["own too"]]);
});
