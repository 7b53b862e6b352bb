/**
 * What people do to messages that are there: edit, delete, react. Said by the second door under one cid until it is answered,
 * however often it takes; so what was done twice, or not at all, shows.
 */
import type { Problem, RevisedAnswer } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Message, Revision } from "#protocol/messages.ts";
import type { Line } from "../../pwa/src/net/line.ts";
import { mintCid } from "../../pwa/src/net/cid.ts";
import type { Jar } from "./jar.ts";
import type { Random } from "./random.ts";
import type { Witness } from "./witness.ts";

/** Of how many of the newest messages of a conversation one is picked. */
const AMONG = 12;
const EMOJI = ["👍", "❤️", "😂", "🙏"];
const AGAIN_MS = 500;
const ANSWER_WITHIN_MS = 10_000;
/** Not allowed, not there any more, not any more. Whoever is signed out says it again once they are back. */
const FINAL = new Set([403, 404, 409]);

export interface Reviser {
  /** Says it until it is answered. */
  revise(revision: Revision, by: UserId): void;
  /** How many are not answered yet. */
  waiting(): number;
  /** Gives up what waits: nobody is here any more to say it. */
  giveUp(): void;
}

export function createReviser({
  jar,
  at,
  witness,
}: {
  jar: Jar;
  /** Where the door is. */
  at: string;
  witness: Witness;
}): Reviser {
  let waiting = 0;
  let turn = 0;

  async function untilAnswered(revision: Revision, by: UserId): Promise<void> {
    const mine = turn;
    while (mine === turn) {
      // What became of it is not known; the network, or whoever answers, is back sooner or later.
      if (await say(revision, by).catch(() => false)) return;
      await Bun.sleep(AGAIN_MS);
    }
  }

  /** Whether there is an answer that stays. */
  async function say(revision: Revision, by: UserId): Promise<boolean> {
    const answer = await jar.fetch(`${at}/api/revisions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(revision),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.ok) {
      const { cid, duplicate } = (await answer.json()) as RevisedAnswer;
      if (!duplicate) witness.revised.add(`${by} ${cid}`);
      return true;
    }
    if (!FINAL.has(answer.status)) return false;
    const { code } = (await answer.json()) as Problem;
    witness.note(`a revision was refused: ${code}`);
    return true;
  }

  return {
    revise(revision, by) {
      waiting += 1;
      const mine = turn;
      void untilAnswered(revision, by)
        .catch(witness.hearError)
        .finally(() => (waiting -= mine === turn ? 1 : 0));
    },
    waiting: () => waiting,
    giveUp() {
      turn += 1;
      waiting = 0;
    },
  };
}

/** Something that `line`'s person can do to one of the newest messages of a conversation; null when there is none to do it to. */
export async function pickRevision(
  line: Line,
  {
    conversation,
    random,
    editText,
  }: { conversation: Message["conversation"]; random: Random; editText: () => string },
): Promise<Revision | null> {
  const head = line.conversations().get(conversation)?.row.headSeq ?? 0;
  const newest = await line.newest(conversation, { from: Math.max(1, head - AMONG), limit: AMONG });
  const there = newest.filter(({ deletedAt, hidden }) => deletedAt === undefined && !hidden);
  if (there.length === 0) return null;
  const { seq, from } = random.pick(there);
  const about = { cid: mintCid(Date.now()), conversation, seq };
  const own = from === line.me.id;
  if (own && random.chance(0.4)) return { type: "message.edit", ...about, text: editText() };
  if (random.chance(0.1)) return { type: "message.delete", ...about, for: own ? "both" : "me" };
  return { type: "message.react", ...about, emoji: random.chance(0.2) ? null : random.pick(EMOJI) };
}
