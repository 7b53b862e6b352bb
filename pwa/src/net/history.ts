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

/** Reads the page right before `before`: from the device if it starts there, else from the server. */
export type ReadOlder = (conversation: ConversationId, before: Seq) => Promise<Message[]>;

export function createHistory({ disk, user, fetchPage, applied }: HistoryEdges): ReadOlder {
  return async (conversation, before) => {
    const held = await readBefore(disk, { conversation, before, limit: PAGE_MESSAGES });
    if (held.at(-1)?.seq === before - 1) return held;
    const page = await fetchPage(conversation, { before, limit: PAGE_MESSAGES });
    applied(await applyPage({ disk, user }, { conversation, before, page }));
    return page.messages;
  };
}
