/** What a line needs, and whom it tells. */
import type { Profile } from "#protocol/frames.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Disk } from "../db/open.ts";
import type { DraftRow } from "../db/schema.ts";
import type { Api } from "./api.ts";
import type { Change } from "./change.ts";
import type { SocketEdges } from "./socket.ts";

export interface LineEdges extends SocketEdges {
  disk: Disk;
  api: Api;
  locks: LockManager | null;
  /** Asks the browser to have the outbox emptied once the network is back, also with no page open. */
  later: () => Promise<void>;
  /** Asks the browser not to clear what this device holds. */
  persist: () => Promise<unknown>;
  /** Whether the page is shown now. */
  visible: boolean;
}

export interface LineHandlers {
  tell(change: Change): void;
  sessionEnded(): void;
  /** An attempt to connect failed, and it may be that the session has ended. */
  doubtful(): void;
  /** The device belongs to another person by now. */
  notOurs(): void;
  /** What the person shows of themselves is told. */
  profile(profile: Profile): void;
  /** Other tabs should look at the outbox on disk. */
  outboxStored(): void;
  /** Other tabs should show what is typed here. */
  draftChanged(news: { user: UserId; draft: DraftRow }): void;
  /** The person has looked at these sessions: other tabs need not tell of them. */
  newsDismissed(sessions: SessionId[]): void;
  failed(error: unknown): void;
}
