/**
 * What the last batches left known, so that the next one about the same people need not read it again. Postgres stays the only
 * truth: whatever decides about somebody's messages changes only under the lock of the head of their inbox and moves it, and marks
 * move it or `received`. So what is remembered of people is true for as long as these are where they were, and the statement that
 * writes asks that before it does (`storeRowsIf`). What other instances append is followed as the bus tells it: if that comes late or
 * never, the statement finds out, and what was missed is read.
 */
import type { InboxEvent } from "#protocol/frames.ts";
import type { Cid, ConversationId, Cursor, EpochMs, UserId } from "#protocol/ids.ts";
import type { Head, Heads } from "../inbox/append.ts";
import { columnsOf } from "../inbox/events.ts";
import type { InboxRow } from "../inbox/events.ts";
import type { Growing } from "../inbox/queries.ts";
import type { Change } from "./change.ts";
import { pair } from "./facts.ts";
import type { ConversationFacts, Facts } from "./facts.ts";
import { arrive, holds } from "./known.ts";
import type { Arrival, Known, Person } from "./known.ts";
import { recall } from "./recall.ts";
import type { Recalled } from "./recall.ts";

/** People who are remembered, and conversations; when there would be more, all are forgotten. Some kilobytes for each at most. */
const KNOWN_MAX = 10_000;

export interface Memory {
  /** What these changes are decided on, for the caller to change; null where some of it is not known. */
  recall(changes: readonly Change[], now: EpochMs): Recalled | null;
  /** Heads as they are under their locks, before a batch is decided: forgets what no longer holds of these people. */
  meet(heads: Heads): void;
  /** The facts as a batch left them, after its commit, with the rows that it appended. */
  learn(facts: Facts, rows: readonly InboxRow[]): void;
  /** What another instance appended to this inbox: frames, one a line. */
  follow(user: UserId, frames: string): void;
  /** Where the inboxes of those are who are remembered. */
  headsOf(users: Iterable<UserId>): Map<UserId, Cursor>;
  /** What was appended to inboxes after that, read from them: each inbox's rows in order. */
  catchUp(rows: readonly Growing[]): void;
}

export function createMemory(): Memory {
  const known: Known = { people: new Map(), talks: new Map(), conversationOf: new Map() };
  const { people, talks, conversationOf } = known;
  let stretches = 0;

  function meet(heads: Heads): void {
    if (Math.max(people.size + heads.size, talks.size) > KNOWN_MAX) forgetAll();
    for (const [user, head] of heads) {
      const person = people.get(user);
      if (person?.head.head !== head.head || person.head.received > head.received) {
        stretches += 1;
        people.set(user, personAt(head, stretches));
        continue;
      }
      if (person.head.received < head.received) person.marks.clear();
      person.head = { ...head };
    }
  }

  function learn(facts: Facts, rows: readonly InboxRow[]): void {
    const rowsOf = Map.groupBy(rows, (row) => row.user);
    for (const [user, head] of facts.heads) {
      const person = people.get(user);
      if (person === undefined) continue;
      person.head = { ...head, moved: false };
      arrive(person, (rowsOf.get(user) ?? []).flatMap(arrivalOf));
    }
    for (const [key, id] of facts.conversationOf) conversationOf.set(key, id);
    for (const [id, conversation] of facts.conversations) learnTalk(id, conversation, facts);
  }

  /** A batch that asks for no marks moves none: what was known of receipts is true yet. */
  function learnTalk(id: ConversationId, conversation: ConversationFacts, facts: Facts): void {
    const before = talks.get(id);
    const still = before !== undefined && before.receiptsKnown && holds(known, before) ? before.facts : null;
    let asked = false;
    for (const user of conversation.users) {
      const marks = facts.marks.get(pair(id, user));
      if (marks === undefined) continue;
      people.get(user)?.marks.set(id, marks);
      asked = true;
    }
    const { sendsReceipts } = asked ? conversation : (still ?? conversation);
    talks.set(id, {
      facts: { ...conversation, sendsReceipts },
      receiptsKnown: asked || still !== null,
      stretches: conversation.users.map((user) => people.get(user)?.stretch),
    });
  }

  // ---- following ----

  function follow(user: UserId, frames: string): void {
    if (!people.has(user)) return;
    for (const frame of frames.split("\n")) followOne(heardOf(user, JSON.parse(frame) as InboxEvent));
  }

  /** Who was told of more than a row says is forgotten. */
  function followOne(row: Heard): void {
    const { user, cursor, kind, conversation } = row;
    const person = people.get(user);
    if (person === undefined || cursor <= person.head.head) return;
    if (cursor > person.head.head + 1 || !SAYS_ALL.has(kind)) return void people.delete(user);
    const { newestCid } = person.head;
    person.head = { ...person.head, head: cursor, newestCid: later(newestCid, row.newestCid) };
    arrive(person, arrivalOf(row));
    const talk = conversation === null ? undefined : talks.get(conversation);
    if (kind === "message" && talk !== undefined) talk.facts.headSeq = Math.max(talk.facts.headSeq, row.seq);
    if (conversation !== null && (kind === "delivered" || kind === "read"))
      people.get(row.subject as UserId)?.marks.delete(conversation);
  }

  function headsOf(users: Iterable<UserId>): Map<UserId, Cursor> {
    const heads = new Map<UserId, Cursor>();
    for (const user of users) {
      const person = people.get(user);
      if (person !== undefined) heads.set(user, person.head.head);
    }
    return heads;
  }

  function forgetAll(): void {
    people.clear();
    talks.clear();
    conversationOf.clear();
  }

  return {
    recall: (changes, now) => recall(known, changes, now),
    meet,
    learn,
    follow,
    headsOf,
    catchUp: (rows) => rows.forEach(followOne),
  };
}

/** A row of an inbox, as it was read or as a frame tells it. */
type Heard = Omit<Growing, "newestCid"> & { newestCid: Cid | null };

/** What is put into an inbox with these changes nothing else that is remembered of its owner. */
const SAYS_ALL: ReadonlySet<InboxRow["kind"]> = new Set([
  "message",
  "revision",
  "delivered",
  "read",
  "session",
]);

/** Met for the first time, or after something that was not followed. */
function personAt(head: Head, stretch: number): Person {
  return { head: { ...head }, stretch, arrivals: [], arrivalsAfter: head.head, marks: new Map() };
}

function heardOf(user: UserId, event: InboxEvent): Heard {
  const own = event.kind === "message" && event.from === user;
  const at = event.kind === "message" ? event.sentAt : 0;
  return { user, cursor: event.cursor, at, newestCid: own ? event.cid : null, ...columnsOf(event) };
}

function later(one: Cid, other: Cid | null): Cid {
  return other !== null && other > one ? other : one;
}

/** A row that brought its owner another's message. */
function arrivalOf(row: Omit<Heard, "newestCid">): Arrival[] {
  const { kind, user, subject, conversation, seq, cursor, at } = row;
  return kind === "message" && subject !== user && conversation !== null
    ? [{ conversation, seq, cursor, at }]
    : [];
}
