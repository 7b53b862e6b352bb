/** The writer against its promises, for any mix of sends, repeats and marks spread over concurrent instances. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import { selectFrames } from "../inbox/queries.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { fannedOut, testWriter } from "../testing/writers.ts";
import type { TestWriter } from "../testing/writers.ts";
import type { Change, Outcome } from "./change.ts";

const INSTANCES = 3;
const RUNS = 40;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [Date.now()] });
});

afterAll(() => database.close());

/** A step by the first or second person; `again` repeats an earlier cid of theirs, if there is one. */
interface Step {
  by: 0 | 1;
  does: "send" | "again" | "received" | "read";
  on: number;
  /** For marks: how far of what there may be. */
  upTo: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(0 as const, 1 as const),
  does: fc.constantFrom(
    "send" as const,
    "send" as const,
    "again" as const,
    "received" as const,
    "read" as const,
  ),
  on: fc.nat(INSTANCES - 1),
  upTo: fc.integer({ min: 1, max: 60 }),
});

test("every accepted send is stored once, and seqs, cursors and marks keep their order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { maxLength: 6 }),
      async (rounds) => {
        const { alice, bob, conversation } = await makePair(database.db);
        const people = [alice, bob] as const;
        const instances = Array.from({ length: INSTANCES }, () =>
          testWriter({ db: database.db, clock: Date.now }),
        );
        const sent: Record<UserId, Cid[]> = { [alice]: [], [bob]: [] };
        const answers: Outcome[] = [];
        for (const together of rounds) {
          const outcomes = together.map((one) => {
            const change = changeOf(one, { people, conversation, sent });
            return instances[one.on]?.writer.write(change) ?? Promise.reject(new Error("no such instance"));
          });
          answers.push(...(await Promise.all(outcomes)));
        }
        await check({ people, conversation, sent, answers, instances });
      },
    ),
    { numRuns: RUNS },
  );
}, 120_000);

function changeOf(
  { by, does, upTo }: Step,
  world: { people: readonly [UserId, UserId]; conversation: ConversationId; sent: Record<UserId, Cid[]> },
): Change {
  const user = world.people[by];
  const to = world.people[by === 0 ? 1 : 0];
  const own = (world.sent[user] ??= []);
  if (does === "received") return { kind: "received", user, cursor: upTo, attended: false };
  if (does === "read") return { kind: "read", user, conversation: world.conversation, seq: upTo };
  const cid = (does === "again" ? own[upTo % Math.max(own.length, 1)] : undefined) ?? newCid();
  if (!own.includes(cid)) own.push(cid);
  return { kind: "send", user, cid, to, text: `text of ${cid}` };
}

async function check(world: {
  people: readonly [UserId, UserId];
  conversation: ConversationId;
  sent: Record<UserId, Cid[]>;
  answers: Outcome[];
  instances: readonly TestWriter[];
}): Promise<void> {
  const [alice, bob] = world.people;
  const stored = await database.db<(Message & { cursor: number })[]>`
    select seq, cid, sender_id as "from", body as text, sender_cursor as cursor from messages
    where conversation_id = ${world.conversation} order by seq`;
  expect(stored.map((message) => message.seq)).toEqual(dense(stored.length));
  expect(new Set(stored.map((message) => message.cid))).toEqual(
    new Set([...(world.sent[alice] ?? []), ...(world.sent[bob] ?? [])]),
  );

  const byCid = new Map(stored.map((message) => [message.cid, message]));
  const first = new Set<Cid>();
  for (const outcome of world.answers) {
    if (outcome.is === "done") continue;
    if (outcome.is !== "sent") throw new Error(`not sent: ${JSON.stringify(outcome)}`);
    const { cid, seq, cursor, duplicate } = outcome.answer;
    expect(byCid.get(cid)).toMatchObject({ seq, cursor });
    if (!duplicate) expect(first.has(cid)).toBe(false);
    if (!duplicate) first.add(cid);
  }
  expect(first.size).toBe(stored.length);

  for (const user of world.people) {
    const frames = await selectFrames(database.db, user, { after: 0, limit: 1_000, since: 0 });
    expect(frames.map((row) => row.cursor)).toEqual(dense(frames.length));
    const events = frames.map((row) => JSON.parse(row.frame));
    const messages = events.filter((event) => event.kind === "message");
    expect(messages.map((event) => event.seq)).toEqual(dense(stored.length));
    for (const side of world.people) {
      for (const mark of ["delivered", "read"]) {
        const seqs = events
          .filter((event) => event.mark === mark && event.user === side)
          .map((event) => event.seq);
        expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
      }
    }
    // What was fanned out live is, in whatever order, exactly what a resume reads.
    expect(fannedOut(world.instances, user).toSorted()).toEqual(frames.map((row) => row.frame).toSorted());
  }
}

function dense(length: number): number[] {
  return Array.from({ length }, (_, n) => n + 1);
}
