import type { Message } from "#protocol/frames.ts";
import type { MessagePage } from "#protocol/http.ts";
import type { ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { PAGE_MESSAGES } from "#protocol/limits.ts";
import { applyPage } from "../db/apply.ts";
import type { Applied } from "../db/ledger.ts";
import { readBefore } from "../db/load.ts";
import type { Disk } from "../db/open.ts";
import { wholeFrom } from "./whole.ts";

export interface HistoryEdges {
  disk: Disk;
  user: UserId;
  fetchPage(conversation: ConversationId, page: { before: Seq; limit: number }): Promise<MessagePage>;
  applied(applied: Applied): void;
}

export interface History {
  /** The page right before `before`, without a hole: from the device if it starts there, else from the server. Throws `ApiProblem`. */
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
      const held = await readBefore(disk, { conversation, ...page });
      if (held.at(-1)?.seq !== before - 1) return fetch(conversation, page);
      // An edit brings an old message by itself: between it and the others some may be missing.
      const from = wholeFrom(held.map(({ seq }) => seq)) ?? before;
      return held.filter(({ seq }) => seq >= from);
    },
    async find(conversation, seq) {
      const only = { before: seq + 1, limit: 1 };
      const [held] = await readBefore(disk, { conversation, ...only });
      const [message] = held?.seq === seq ? [held] : await fetch(conversation, only);
      return message?.seq === seq ? message : null;
    },
  };
}
