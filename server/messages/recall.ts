/** Putting together what is known for a batch of changes, as `readFacts` reads it. Pure: everything is a copy, for the caller to change. */
import type { ConversationId, EpochMs, UserId } from "#protocol/ids.ts";
import type { Was } from "../inbox/append.ts";
import type { Change, Received, Send } from "./change.ts";
import { noFacts, pair } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { holds } from "./known.ts";
import type { Known, Person, Talk } from "./known.ts";
import { retainedSince } from "./queries.ts";

/** What a batch is decided on, and where the heads have to be for it to be true. */
export interface Recalled {
  facts: Facts;
  was: Map<UserId, Was>;
}

interface Recall extends Recalled {
  known: Known;
  now: EpochMs;
}

/** Null where some of it is not known. */
export function recall(known: Known, changes: readonly Change[], now: EpochMs): Recalled | null {
  const into: Recall = { facts: noFacts(), was: new Map(), known, now };
  return changes.every((change) => recallFor(change, into)) ? into : null;
}

function recallFor(change: Change, into: Recall): boolean {
  switch (change.kind) {
    case "send":
      return recallSend(change, into);
    case "received":
      return recallArrivals(change, into);
    case "read":
      return recallMarks(change.user, change.conversation, into);
    case "revise":
      return false;
    default:
      return change satisfies never;
  }
}

/** A cid that is not above all of its sender's may be a repeat. */
function recallSend({ user, to, cid }: Send, into: Recall): boolean {
  const { people, conversationOf } = into.known;
  const key = pair(user, to);
  const id = conversationOf.get(key);
  if (id === undefined || recallTalk(id, into) === null) return false;
  into.facts.conversationOf.set(key, id);
  return cid > (people.get(user)?.head.newestCid ?? cid);
}

function recallArrivals({ user, cursor }: Received, into: Recall): boolean {
  const person = recallPerson(user, into, { received: true });
  if (person === null || person.arrivalsAfter > person.head.received) return false;
  const arrived = person.arrivals.filter(({ at }) => at > retainedSince(into.now));
  into.facts.arrived.set(user, arrived);
  return arrived.every((one) => one.cursor > cursor || recallMarks(user, one.conversation, into));
}

/** What it takes to move marks of the user. */
function recallMarks(user: UserId, id: ConversationId, into: Recall): boolean {
  const talk = recallTalk(id, into);
  if (talk === null || !talk.receiptsKnown || !talk.facts.users.includes(user)) return false;
  return recallPerson(user, into, { received: true })?.marks.has(id) ?? false;
}

function recallTalk(id: ConversationId, into: Recall): Talk | null {
  const talk = into.known.talks.get(id);
  if (talk === undefined || !holds(into.known, talk)) return null;
  const { conversations, marks } = into.facts;
  if (conversations.has(id)) return talk;
  conversations.set(id, { ...talk.facts });
  for (const user of talk.facts.users) {
    const own = recallPerson(user, into, { received: false })?.marks.get(id);
    if (own !== undefined) marks.set(pair(id, user), { ...own, told: { ...own.told } });
  }
  return talk;
}

function recallPerson(
  user: UserId,
  { facts, was, known }: Recall,
  { received }: { received: boolean },
): Person | null {
  const person = known.people.get(user);
  if (person === undefined) return null;
  const { head } = person;
  if (!facts.heads.has(user)) facts.heads.set(user, { ...head });
  if (received || !was.has(user))
    was.set(user, { head: head.head, received: received ? head.received : null });
  return person;
}
