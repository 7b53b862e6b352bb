/**
 * What the last batches left known, so that the next one about the same people need not read it again. Postgres stays the only
 * truth: whatever decides about somebody's messages changes only under the lock of the head of their inbox and moves it, and marks
 * move it or `received`. So what is remembered of people is true for as long as these are where they were, and the statement that
 * writes asks that before it does (`storeRowsIf`). What other instances append is followed as the bus tells it: if that comes late or
 * never, the statement finds out.
 */
import type { InboxEvent } from "#protocol/frames.ts";
import type { ConversationId, EpochMs, UserId } from "#protocol/ids.ts";
import type { Heads } from "../inbox/append.ts";
import type { InboxRow } from "../inbox/events.ts";
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
}

export function createMemory(): Memory {
  const known: Known = { people: new Map(), talks: new Map(), conversationOf: new Map() };
  const { people, talks, conversationOf } = known;
  let stretches = 0;

  function meet(heads: Heads): void {
    if (Math.max(people.size + heads.size, talks.size) > KNOWN_MAX) forgetAll();
    for (const [user, head] of heads) {
      const person = people.get(user);
      if (person?.head.head === head.head && person.head.received === head.received) {
        person.head = { ...head };
        continue;
      }
      stretches += 1;
      people.set(user, { head: { ...head }, stretch: stretches, arrivals: [], arrivalsAfter: head.head });
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

  /** A batch that asks for no marks moves none: what was known of them is true yet. */
  function learnTalk(id: ConversationId, conversation: ConversationFacts, facts: Facts): void {
    const before = talks.get(id);
    const still = before !== undefined && holds(known, before) ? before : null;
    const marks = new Map(still?.marks);
    let asked = false;
    for (const user of conversation.users) {
      const moved = facts.marks.get(pair(id, user));
      if (moved === undefined) continue;
      marks.set(user, moved);
      asked = true;
    }
    const sendsReceipts = asked ? conversation.sendsReceipts : (still?.facts.sendsReceipts ?? false);
    talks.set(id, {
      facts: { ...conversation, sendsReceipts },
      marks,
      stretches: conversation.users.map((user) => people.get(user)?.stretch),
    });
  }

  // ---- following ----

  function follow(user: UserId, frames: string): void {
    if (!people.has(user)) return;
    for (const frame of frames.split("\n")) followOne(user, JSON.parse(frame) as InboxEvent);
  }

  function followOne(user: UserId, event: InboxEvent): void {
    const person = people.get(user);
    if (person === undefined || event.cursor <= person.head.head) return;
    if (event.cursor > person.head.head + 1 || !tells(event, user, person)) return void people.delete(user);
    person.head = { ...person.head, head: event.cursor };
  }

  /** Takes in what an event says. False where it changes what it does not say. */
  function tells(event: InboxEvent, user: UserId, person: Person): boolean {
    switch (event.kind) {
      case "message":
        hear(event, user, person);
        return true;
      case "mark":
        talks.get(event.conversation)?.marks.delete(event.user);
        return true;
      case "revision":
      case "session":
        return true;
      default:
        return false;
    }
  }

  function hear(message: Extract<InboxEvent, { kind: "message" }>, user: UserId, person: Person): void {
    const { conversation, seq, cursor, cid, from, sentAt: at } = message;
    const talk = talks.get(conversation);
    if (talk !== undefined) talk.facts.headSeq = Math.max(talk.facts.headSeq, seq);
    if (from !== user) arrive(person, [{ conversation, seq, cursor, at }]);
    else if (cid > person.head.newestCid) person.head = { ...person.head, newestCid: cid };
  }

  function forgetAll(): void {
    people.clear();
    talks.clear();
    conversationOf.clear();
  }

  return { recall: (changes, now) => recall(known, changes, now), meet, learn, follow };
}

/** A row that brought its owner another's message. */
function arrivalOf({ kind, user, subject, conversation, seq, cursor, at }: InboxRow): Arrival[] {
  return kind === "message" && subject !== user && conversation !== null
    ? [{ conversation, seq, cursor, at }]
    : [];
}
