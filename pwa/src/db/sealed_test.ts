import { beforeEach, expect, test } from "bun:test";
import type { Person } from "#protocol/frames.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { freshName, openFor } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { composed } from "../testing/unsent.ts";
import { applySnapshot } from "./apply.ts";
import { adopt, leave, readDevice } from "./device.ts";
import { keepDraft } from "./drafts.ts";
import { load } from "./load.ts";
import type { Disk } from "./open.ts";
import type { SealedRow } from "./schema.ts";
import { countSealed, dropSealed, lose, putBack, readLosing, sealedFor } from "./sealed.ts";
import type { Losing, Own } from "./sealed.ts";
import { keepUnsent, wantAgain } from "./unsent.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

let log: Log;
let bob: Person;
let conversation: ConversationId;
let disk: Disk;

beforeEach(async () => {
  log = createLog({ now: () => NOW });
  ({ person: bob, conversation } = log.meet("Bob"));
  disk = await openFor(log, freshName());
  await applySnapshot(owner(), { snapshot: log.snapshot() });
  await write("unsent");
  await keepDraft(owner(), { conversation, text: "half a", changedAt: NOW });
});

const owner = () => ({ disk, user: log.me.id });

async function write(text: string): Promise<void> {
  await keepUnsent(owner(), composed({ conversation, to: bob.id, text, now: NOW }));
}

/** As a device does, but with a seal that everybody can read. */
function sealOf({ unsent, drafts }: Own): SealedRow {
  const body = new TextEncoder().encode(JSON.stringify({ unsent, drafts }));
  return { user: log.me.id, messages: unsent.length, drafts: drafts.length, seal: null, body };
}

async function losing(): Promise<Losing> {
  const found = await readLosing(disk, log.me.session);
  if (!found) throw new Error("The device is in no such session.");
  return found;
}

async function lost(): Promise<Losing> {
  const own = await losing();
  expect(await lose(disk, { session: log.me.session, losing: own, sealed: sealOf(own) })).toBe(true);
  return own;
}

test("what is put aside stays when all else goes, and is counted", async () => {
  await lost();
  expect(await readDevice(disk)).toBeNull();
  expect(await countSealed(disk)).toEqual({ messages: 1, drafts: 1 });
});

test("what another tab has written meanwhile is not lost: there is more to seal", async () => {
  const own = await losing();
  await write("one more");
  expect(await lose(disk, { session: log.me.session, losing: own, sealed: sealOf(own) })).toBe(false);
  expect((await losing()).unsent.map(({ text }) => text)).toEqual(["unsent", "one more"]);
});

test("a session that is lost twice, as two tabs tell it, is put aside once", async () => {
  const own = await lost();
  expect(await lose(disk, { session: log.me.session, losing: own, sealed: sealOf(own) })).toBe(false);
  expect(await readLosing(disk, log.me.session)).toBeNull();
  expect(await countSealed(disk)).toEqual({ messages: 1, drafts: 1 });
});

test("it waits while others use the device, and for nobody else", async () => {
  await lost();
  const carol = createLog({ name: "Carol", now: () => NOW });
  await adopt(disk, carol.me);
  expect(await sealedFor(disk, carol.me.id)).toEqual([]);
  await leave(disk, { session: carol.me.session });
  expect(await sealedFor(disk, log.me.id)).toHaveLength(1);
});

test("its person gets it back once, after what they wrote since, and is asked before it is sent", async () => {
  const own = await lost();
  await adopt(disk, log.me);
  await write("since");
  await keepDraft(owner(), { conversation, text: "newer", changedAt: NOW + 1 });
  const [sealed] = await sealedFor(disk, log.me.id);
  if (!sealed) throw new Error("Nothing is sealed.");
  const told = await putBack(disk, { sealed, own });
  expect(await putBack(disk, { sealed, own })).toBeNull();
  const { unsent, drafts } = await load(owner());
  expect(told).toEqual(drafts);
  expect(unsent.map(({ text, wantedAt }) => [text, wantedAt])).toEqual([
    ["since", NOW],
    ["unsent", 0],
  ]);
  expect(drafts.map(({ text }) => text)).toEqual(["half a\nnewer"]);
  expect(await countSealed(disk)).toBeNull();
});

test("what its person asked for, and lost once more, comes back in its first place", async () => {
  await write("second");
  const own = await lost();
  await adopt(disk, log.me);
  for (const sealed of await sealedFor(disk, log.me.id)) await putBack(disk, { sealed, own });
  const [first] = (await load(owner())).unsent;
  if (!first) throw new Error("Nothing came back.");
  await wantAgain(owner(), { cid: first.cid, as: first.cid, now: NOW });
  expect((await load(owner())).unsent.map(({ text }) => text)).toEqual(["second", "unsent"]);
  expect((await lost()).unsent.map(({ text }) => text)).toEqual(["unsent", "second"]);
});

test("whoever is at the device may remove it", async () => {
  await lost();
  await dropSealed(disk);
  expect(await countSealed(disk)).toBeNull();
});
