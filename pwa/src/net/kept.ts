/** What this device keeps of its person beside messages: drafts, where they are in the app, what they were told, timings. */
import type { ConversationId, SessionId, UserId } from "#protocol/ids.ts";
import { keepDraft } from "../db/drafts.ts";
import type { Loaded } from "../db/load.ts";
import { dismissNewSessions } from "../db/new_sessions.ts";
import type { Disk } from "../db/open.ts";
import type { DraftRow } from "../db/schema.ts";
import { keepTimings } from "../db/timings.ts";
import { createDrafts } from "./drafts.ts";
import type { Drafts } from "./drafts.ts";
import { createNews } from "./news.ts";
import type { News } from "./news.ts";
import { createPlace } from "./place.ts";
import type { Placing } from "./place.ts";
import type { Time } from "./time.ts";
import { createTimings } from "./timings.ts";
import type { Timings } from "./timings.ts";

export interface Kept {
  drafts: Drafts;
  news: News;
  placing: Placing;
  timings: Timings;
}

export interface KeptEdges {
  disk: Disk;
  user: UserId;
  time: Time;
  knows(conversation: ConversationId): boolean;
  /** Tells other tabs; and: one of them has told. */
  draftChanged(news: { user: UserId; draft: DraftRow }): void;
  draftHeard(): void;
  newsChanged(): void;
  newsDismissed(sessions: SessionId[]): void;
  failed(error: unknown): void;
}

export function createKept(
  loaded: Loaded,
  { time, knows, draftChanged, draftHeard, newsChanged, newsDismissed, failed, ...owner }: KeptEdges,
): Kept {
  const { disk, user } = owner;
  return {
    drafts: createDrafts(loaded.drafts, {
      now: time.now,
      jot: (row) => disk.jotter.jot(user, { kind: "draft", row }),
      write: (draft) => keepDraft(owner, draft),
      say: (draft) => draftChanged({ user, draft }),
      heard: draftHeard,
      failed,
    }),
    news: createNews(loaded.newSessions, {
      write: () => dismissNewSessions(owner),
      changed: newsChanged,
      dismissed: newsDismissed,
    }),
    placing: createPlace(loaded.device.place ?? null, { ...owner, knows, failed }),
    timings: createTimings(loaded.timings, { time, write: (list) => keepTimings(owner, list), failed }),
  };
}
