/** Revisions against their promises, for any mix of them and their repeats, spread over concurrent instances. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { InboxEvent, Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { selectFrames } from "../inbox/queries.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { fannedOut, testWriter } from "../testing/writers.ts";
import type { Change, Outcome, Revise } from "./change.ts";
import { readPage } from "./history.ts";

const INSTANCES = 3;
const RUNS = 20;
const MESSAGES = 3;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [Date.now()] });
});

afterAll(() => database.close());

/** A revision by the first or second person; `again` repeats an earlier one of anybody's, if there is one. */
interface Step {
  by: 0 | 1;
  act: Revise["act"];
  seq: Seq;
  again: number | null;
  on: number;
}

const act: fc.Arbitrary<Revise["act"]> = fc.oneof(
  fc.nat(99).map((n) => ({ is: "edit" as const, text: `edited ${n}` })),
  fc.constantFrom("👍", "😂", "❤️", null).map((emoji) => ({ is: "react" as const, emoji })),
  fc.constantFrom("both" as const, "me" as const).map((whom) => ({ is: "delete" as const, for: whom })),
);

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(0 as const, 1 as const),
  act,
  seq: fc.integer({ min: 1, max: MESSAGES }),
  again: fc.option(fc.nat(30), { freq: 3 }),
  on: fc.nat(INSTANCES - 1),
});

test("devices that heard all, resumed or looked it up see the same, and no revision counts twice", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }),
      async (rounds) => {
        const { alice, bob, conversation } = await makePair(database.db);
        const instances = Array.from({ length: INSTANCES }, () =>
          testWriter({ db: database.db, clock: Date.now }),
        );
        const said: Revise[] = [];
        const outcomes: Outcome[] = [];
        const write = (change: Change, on: number) =>
          instances[on]?.writer.write(change) ?? Promise.reject(new Error("no such instance"));
        for (let seq = 1; seq <= MESSAGES; seq += 1) {
          const [user, to] = seq % 2 === 0 ? [alice, bob] : [bob, alice];
          await write({ kind: "send", user, cid: newCid(), to, text: `written ${seq}` }, 0);
        }
        for (const together of rounds) {
          const changes = together.map((one) => changeOf(one, { people: [alice, bob], conversation, said }));
          outcomes.push(
            ...(await Promise.all(changes.map((change, n) => write(change, together[n]?.on ?? 0)))),
          );
        }
        checkOutcomes(outcomes);
        for (const user of [alice, bob])
          await checkCopies(user, { conversation, live: fannedOut(instances, user) });
      },
    ),
    { numRuns: RUNS },
  );
}, 120_000);

function changeOf(
  { by, act, seq, again }: Step,
  { people, conversation, said }: { people: [UserId, UserId]; conversation: ConversationId; said: Revise[] },
): Revise {
  const earlier = again === null ? undefined : said[again % Math.max(said.length, 1)];
  if (earlier !== undefined) return earlier;
  const change: Revise = { kind: "revise", user: people[by], cid: newCid(), conversation, seq, act };
  said.push(change);
  return change;
}

/** What was accepted once is known for good: at most one of its answers is not a repeat. */
function checkOutcomes(outcomes: readonly Outcome[]): void {
  const accepted = new Set<Cid>();
  for (const outcome of outcomes) {
    if (outcome.is === "refused") {
      expect(["no_message", "not_yours"]).toContain(outcome.code);
      continue;
    }
    if (outcome.is !== "revised") throw new Error(`not revised: ${outcome.is}`);
    const { cid, duplicate } = outcome.answer;
    if (duplicate) continue;
    expect(accepted.has(cid)).toBe(false);
    accepted.add(cid);
  }
}

async function checkCopies(
  user: UserId,
  { conversation, live }: { conversation: ConversationId; live: string[] },
): Promise<void> {
  const frames = await selectFrames(database.db, user, { after: 0, limit: 1_000, since: 0 });
  expect(frames.map((row) => row.cursor)).toEqual(frames.map((_, n) => n + 1));
  const resumed = frames.map((row) => JSON.parse(row.frame) as InboxEvent);
  const heard = live.map((frame) => JSON.parse(frame) as InboxEvent).toSorted((a, b) => a.cursor - b.cursor);
  const { messages } = await readPage(database.db, {
    user,
    conversation,
    before: null,
    limit: 50,
    now: Date.now(),
  });
  const looked = new Map(messages.map((message) => [message.seq, shown(message)]));
  expect(copiesOf(heard)).toEqual(looked);
  expect(copiesOf(resumed)).toEqual(looked);
  expect(copiesOf([...resumed, ...heard])).toEqual(looked);
  for (const lost of [1, Math.floor(heard.length / 2)]) {
    expect(copiesOf([...heard.slice(0, lost), ...resumed.slice(lost)])).toEqual(looked);
  }
}

/** What a device holds once it has applied these: of two copies, the one that was revised more often. */
function copiesOf(events: readonly InboxEvent[]): Map<Seq, unknown> {
  const copies = new Map<Seq, Message>();
  for (const event of events) {
    const message = event.kind === "message" ? event : event.kind === "revision" ? event.message : null;
    if (message === null) continue;
    const held = copies.get(message.seq);
    if (held === undefined || (message.revision ?? 0) >= (held.revision ?? 0))
      copies.set(message.seq, message);
  }
  return new Map([...copies].map(([seq, message]) => [seq, shown(message)]));
}

/** The count is not shown, and does not tell one that the other has hidden a message. */
function shown({ seq, from, text, editedAt, deletedAt, hidden, reactions }: Message): unknown {
  return { seq, from, text, editedAt, deletedAt, hidden, reactions };
}
