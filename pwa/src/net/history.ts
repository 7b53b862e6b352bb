import type { Message } from "#protocol/frames.ts";
import type { MessagePage } from "#protocol/http.ts";
import type { ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { PAGE_MESSAGES } from "#protocol/limits.ts";
import { applyPage } from "../db/apply.ts";
import type { Applied } from "../db/ledger.ts";
import { readBefore } from "../db/load.ts";
import type { Disk } from "../db/open.ts";

export interface HistoryEdges {
  disk: Disk;
  user: UserId;
  fetchPage(conversation: ConversationId, page: { before: Seq; limit: number }): Promise<MessagePage>;
  applied(applied: Applied): void;
}

export interface History {
  /** The page right before `before`, without a hole: from the device if it has any of it, else from the server. Throws `ApiProblem`. */
  older(conversation: ConversationId, before: Seq): Promise<Message[]>;
  /** A message by its place; null when it has expired. Throws `ApiProblem` when nobody can tell. */
  find(conversation: ConversationId, seq: Seq): Promise<Message | null>;
}

export function createHistory({ disk, user, fetchPage, applied }: HistoryEdges): History {
  async function fetch(conversation: ConversationId, page: { before: Seq; limit: number }) {
    const fetched = await fetchPage(conversation, page);
    applied(await applyPage({ disk, user }, { conversation, before: page.before, page: fetched }));
    return fetched.messages;
  }

  return {
    async older(conversation, before) {
      const page = { before, limit: PAGE_MESSAGES };
      const held = wholeBefore(before, await readBefore(disk, { conversation, ...page }));
      return held.length > 0 ? held : fetch(conversation, page);
    },
    async find(conversation, seq) {
      const only = { before: seq + 1, limit: 1 };
      const [held] = await readBefore(disk, { conversation, ...only });
      const [message] = held?.seq === seq ? [held] : await fetch(conversation, only);
      return message?.seq === seq ? message : null;
    },
  };
}

/** The end of `held` that reaches up to `before`. Before it something may be missing: an edit brings an old message by itself. */
function wholeBefore(before: Seq, held: readonly Message[]): Message[] {
  let from = held.length;
  while (held[from - 1]?.seq === before - 1 - (held.length - from)) from -= 1;
  return held.slice(from);
}
