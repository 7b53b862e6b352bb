/**
 * The writer against its promises, for any mix of sends, repeats and marks spread over concurrent instances, which hear of one
 * another at once, late and in whatever order, twice, or never.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import { selectFrames } from "../inbox/queries.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import type { Appended } from "../inbox/append.ts";
import { fannedOut, hear, testWriter } from "../testing/writers.ts";
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

/** Steps that are taken at once, and how the instances hear of them. */
interface Round {
  steps: Step[];
  hearing: "at once" | "late" | "late, from the last to the first" | "twice" | "never";
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

const round: fc.Arbitrary<Round> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 10 }),
  hearing: fc.constantFrom("at once", "late", "late, from the last to the first", "twice", "never"),
});

test("every accepted send is stored once, and seqs, cursors and marks keep their order", async () => {
  const batches = { known: 0, read: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 4, maxLength: 12 }), async (rounds) => {
      const { alice, bob, conversation } = await makePair(database.db);
      const people = [alice, bob] as const;
      const { instances, hearAs } = connectedInstances();
      const sent: Record<UserId, Cid[]> = { [alice]: [], [bob]: [] };
      const answers: Outcome[] = [];
      for (const { steps, hearing } of rounds) {
        const settle = hearAs(hearing);
        const outcomes = steps.map((one) => {
          const change = changeOf(one, { people, conversation, sent, instances });
          return instances[one.on]?.writer.write(change) ?? Promise.reject(new Error("no such instance"));
        });
        answers.push(...(await Promise.all(outcomes)));
        settle();
      }
      await check({ people, conversation, sent, answers, instances });
      for (const { known } of instances) for (const one of known) batches[one ? "known" : "read"] += 1;
    }),
    { numRuns: RUNS },
  );
  // Else half of what is to be tested was not.
  expect(batches.known).toBeGreaterThan(RUNS);
  expect(batches.read).toBeGreaterThan(RUNS);
}, 120_000);

/** Instances, and a way to say how they hear of one another from now until it is settled. */
function connectedInstances() {
  let told: (teller: number, appended: Appended) => void = () => {};
  const instances = Array.from({ length: INSTANCES }, (_, teller) =>
    testWriter({ db: database.db, clock: Date.now, committed: (appended) => told(teller, appended) }),
  );
  const tell = (teller: number, appended: Appended) => {
    for (const [n, instance] of instances.entries()) if (n !== teller) hear(instance, appended);
  };
  function hearAs(hearing: Round["hearing"]): () => void {
    const later: [number, Appended][] = [];
    told = (teller, appended) => {
      if (hearing === "at once" || hearing === "twice") tell(teller, appended);
      if (hearing !== "at once" && hearing !== "never") later.push([teller, appended]);
    };
    return () => {
      const ordered = hearing === "late, from the last to the first" ? later.toReversed() : later;
      for (const [teller, appended] of ordered) tell(teller, appended);
    };
  }
  return { instances, hearAs };
}

function changeOf(
  { by, does, upTo }: Step,
  world: {
    people: readonly [UserId, UserId];
    conversation: ConversationId;
    sent: Record<UserId, Cid[]>;
    instances: readonly TestWriter[];
  },
): Change {
  const user = world.people[by];
  const to = world.people[by === 0 ? 1 : 0];
  const own = (world.sent[user] ??= []);
  if (does === "received") {
    // A device holds what it was told of, and that was committed.
    const cursor = Math.min(upTo, fannedOut(world.instances, user).length);
    return { kind: "received", user, cursor, attended: false };
  }
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
    expect(await deliveredTo(user)).toBe(await deliveredBy(user));
    // What was fanned out live is, in whatever order, exactly what a resume reads.
    expect(fannedOut(world.instances, user).toSorted()).toEqual(frames.map((row) => row.frame).toSorted());
  }
}

/** How far the mark is. */
async function deliveredTo(user: UserId): Promise<number | undefined> {
  const [mark] = await database.db<
    { delivered: number }[]
  >`select delivered from marks where user_id = ${user}`;
  return mark?.delivered;
}

/** How far it has to be: whatever is on a device, or was read. */
async function deliveredBy(user: UserId): Promise<number | undefined> {
  const [furthest] = await database.db<{ seq: number }[]>`
    select greatest(m.read, coalesce(max(i.seq), 0)) as seq
    from inbox_heads h
    join marks m using (user_id)
    left join inbox i on i.user_id = h.user_id and i.cursor <= h.received and i.kind = 'message' and i.subject_id <> h.user_id
    where h.user_id = ${user}
    group by m.read`;
  return furthest?.seq;
}

function dense(length: number): number[] {
  return Array.from({ length }, (_, n) => n + 1);
}
