/** What people do to messages that are there, and to their contacts. */
import type { ContactChange, RevisedAnswer } from "#protocol/http.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import type { Revision } from "#protocol/messages.ts";
import type { Line } from "../../pwa/src/net/line.ts";
import { mintCid } from "../../pwa/src/net/cid.ts";
import type { Errand } from "./errands.ts";
import type { Random } from "./random.ts";
import type { Witness } from "./witness.ts";

/** Of how many of the newest messages of a conversation one is picked. */
const AMONG = 12;
const EMOJI = ["👍", "❤️", "😂", "🙏"];
const EDIT_SHARE = 0.4;
const DELETE_SHARE = 0.1;
const TAKE_BACK_SHARE = 0.2;
const NO_ALIAS_SHARE = 0.3;

interface Doing {
  random: Random;
  witness: Witness;
}

/** Edits, deletes or reacts to one of the newest messages; null when there is none to do it to. */
export async function revising(
  line: Line,
  { conversation, random, witness }: Doing & { conversation: ConversationId },
): Promise<Errand | null> {
  const head = line.conversations().get(conversation)?.row.headSeq ?? 0;
  const newest = await line.newest(conversation, { from: Math.max(1, head - AMONG), limit: AMONG });
  const there = newest.filter(({ deletedAt, hidden }) => deletedAt === undefined && !hidden);
  if (there.length === 0) return null;
  const { seq, from } = random.pick(there);
  const about = { cid: mintCid(Date.now()), conversation, seq };
  const me = line.me.id;
  const body = pick(about, { own: from === me, random, witness });
  const heard = (answer: unknown): void => {
    const { cid, duplicate } = answer as RevisedAnswer;
    if (!duplicate) witness.revised.add(`${me} ${cid}`);
  };
  return { method: "POST", path: "/api/revisions", body, heard };
}

function pick(
  about: Pick<Revision, "cid" | "conversation" | "seq">,
  { own, random, witness }: Doing & { own: boolean },
): Revision {
  if (own && random.chance(EDIT_SHARE)) {
    const text = `edit ${witness.edited.size}`;
    witness.edited.add(text);
    return { type: "message.edit", ...about, text };
  }
  if (random.chance(DELETE_SHARE)) return { type: "message.delete", ...about, for: own ? "both" : "me" };
  return {
    type: "message.react",
    ...about,
    emoji: random.chance(TAKE_BACK_SHARE) ? null : random.pick(EMOJI),
  };
}

/** Calls a contact something else, or mutes them. */
export function renaming(contact: UserId, random: Random): Errand {
  const alias = random.chance(NO_ALIAS_SHARE) ? null : `friend ${random.between(1, 1_000)}`;
  const body: ContactChange = { alias, muted: random.chance(0.5) };
  return { method: "PATCH", path: `/api/contacts/${contact}`, body };
}
