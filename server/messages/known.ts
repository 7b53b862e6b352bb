/** What is known of people and their conversations without asking: the shape of the writer's memory (`memory.ts`). */
import type { ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Head } from "../inbox/append.ts";
import type { ConversationFacts, MarkFacts } from "./facts.ts";

/** Messages that are in somebody's inbox and on none of their devices yet. Of more, the older ones are read when they are asked for. */
const ARRIVALS_MAX = 64;

export interface Known {
  people: Map<UserId, Person>;
  talks: Map<ConversationId, Talk>;
  /** Of (sender, recipient). */
  conversationOf: Map<string, ConversationId>;
}

export interface Person {
  /** Never changed in place. */
  head: Head;
  /** A number that is another one as soon as anything happened to the person that was not followed. */
  stretch: number;
  /** Messages of others beyond `head.received`, all of those after the cursor `arrivalsAfter`. */
  arrivals: Arrival[];
  arrivalsAfter: Cursor;
  /** The person's own, as far as they are known: they move with `head` or with `head.received`. */
  marks: Map<ConversationId, MarkFacts>;
}

export interface Arrival {
  conversation: ConversationId;
  seq: Seq;
  cursor: Cursor;
  at: EpochMs;
}

export interface Talk {
  facts: ConversationFacts;
  /** Whether who sends receipts is known: only where marks were asked for. */
  receiptsKnown: boolean;
  /** The stretches of both people that it was learnt in. */
  stretches: readonly (number | undefined)[];
}

/** Whether nothing happened to either of the two since, but what was learnt or followed. */
export function holds({ people }: Known, { facts: { users }, stretches }: Talk): boolean {
  return users.every((user, side) => people.has(user) && people.get(user)?.stretch === stretches[side]);
}

/** Adds what arrived, and leaves out what a device has by now. */
export function arrive(person: Person, arrived: readonly Arrival[]): void {
  const { arrivals, head } = person;
  arrivals.push(...arrived);
  const beyond = arrivals.findIndex(({ cursor }) => cursor > head.received);
  arrivals.splice(0, beyond === -1 ? arrivals.length : beyond);
  const dropped = arrivals.splice(0, Math.max(0, arrivals.length - ARRIVALS_MAX));
  person.arrivalsAfter = dropped.at(-1)?.cursor ?? person.arrivalsAfter;
}
