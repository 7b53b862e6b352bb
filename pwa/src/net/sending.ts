/** What this person writes, on its way to the server: the outbox, who empties it, and what can still be done about it. */
import type { Ack, Command, Refused, WireLimits } from "#protocol/frames.ts";
import type { Cid, ConversationId, Seq, UserId } from "#protocol/ids.ts";
import type { Revised } from "#protocol/messages.ts";
import type { Disk } from "../db/open.ts";
import type { Revises, UnsentRow } from "../db/schema.ts";
import {
  dropUnsent,
  keepRefused,
  keepSaid,
  keepUnsent,
  takeBackUnsent,
  unsentRows,
  wantAgain,
} from "../db/unsent.ts";
import { mintCid } from "./cid.ts";
import { createOutbox } from "./outbox.ts";
import type { Keep, Unsent } from "./outbox.ts";
import { Sender } from "./sender.ts";
import { standingOf, USUAL_WITHIN_MS } from "./standing.ts";
import type { Standing } from "./standing.ts";
import type { Time } from "./time.ts";
import { takeTurns } from "./turn.ts";

/** Who asks for many messages at once asks for one look at the connection: a ping for each would be a flood. */
const REACH_EVERY_MS = 1_000;

export interface StandingUnsent extends Unsent {
  standing: Standing;
}

/** What the person can do about their unsent messages. */
export interface Unsending {
  /** In the order of Send, each with where it stands now. */
  unsent(): readonly StandingUnsent[];
  /** The person wants an unsent message sent now. */
  sendAgain(cid: Cid): Promise<void>;
  /** Removes an unsent message and answers its text, which `keep` has by then; null when the server may have it already. */
  takeBack(cid: Cid, keep?: Keep): Promise<string | null>;
  /** Gives an unsent message up, whatever became of it. */
  discard(cid: Cid): Promise<void>;
}

export interface Outgoing {
  conversation: ConversationId;
  to: UserId;
  text: string;
  /** The message that it answers. */
  replyTo?: Seq;
}

export interface Sending extends Unsending {
  /** As the disk has them, or should. */
  rows(): UnsentRow[];
  /** Shows at once; resolves when the device has it. `endsDraft` false: it does not come from the draft there. */
  send(message: Outgoing, options?: { endsDraft?: boolean }): Promise<void>;
  /** Does something to a message that the server has: shows at once, and waits in line with what is sent there. */
  revise(what: Pick<Outgoing, "conversation" | "to"> & { revises: Revises }): Promise<void>;
  live(limits: WireLimits): void;
  lost(): void;
  acked(answer: Ack | Revised): void;
  refused(refused: Refused): void;
  settled(cids: readonly Cid[]): void;
  /** Another tab changed the outbox on disk. */
  reload(): void;
  close(): void;
}

export interface SendingEdges {
  disk: Disk;
  user: UserId;
  start: readonly UnsentRow[];
  time: Time;
  locks: LockManager | null;
  /** False when there is no connection to send on. */
  say(command: Command): boolean;
  /** Asks the browser to see to it later, also with no page open. */
  later(): Promise<void>;
  /** Asks the browser not to clear what this device holds. */
  persist(): Promise<unknown>;
  /** Looks for a connection now. */
  reach(): void;
  changed(): void;
  /** Other tabs should look at the outbox on disk. */
  stored(): void;
  failed(error: unknown): void;
}

export function createSending(edges: SendingEdges): Sending {
  const { disk, user, start, time, locks, failed } = edges;
  const owner = { disk, user };
  let cancelLook: (() => void) | null = null;
  let cancelRest: (() => void) | null = null;
  let closed = false;
  let live = false;
  let askedToPersist = false;

  const outbox = createOutbox(start, {
    read: () => disk.read(unsentRows),
    jot: (row, options) => disk.jotter.jot(user, { kind: "unsent", row, ...options }),
    keep: (unsent, options) => keepUnsent(owner, unsent, options),
    keepSaid: (said) => keepSaid(owner, said),
    refuse: (refusal) => keepRefused(owner, refusal),
    again: (wanted) => wantAgain(owner, wanted),
    takeBack: (cid) => takeBackUnsent(owner, cid),
    drop: (cid) => dropUnsent(owner, cid),
    failed,
    changed({ stored }) {
      edges.changed();
      if (stored) edges.stored();
      if (stored) askLater();
      sender.wake();
      lookAgain();
    },
  });
  const exclusively = takeTurns({ locks, time });
  const sender: Sender = new Sender({ outbox, time, say: edges.say, exclusively });

  /** Browsers may ask the person, so not before there is something that only this device has. */
  function askToPersist(): void {
    if (askedToPersist) return;
    askedToPersist = true;
    void edges.persist().catch(failed);
  }

  /** What waits without a connection may have to go without a page, too. */
  function askLater(): void {
    const waits = outbox.rows().some((row) => row.refused === null);
    if (!live && waits) void edges.later().catch(failed);
  }

  /** An answer that does not come is news without an event. */
  function lookAgain(): void {
    cancelLook?.();
    if (closed) return;
    const due = outbox.rows().some((row) => row.saidAt !== null && standingOf(row, time.now()) === "waiting");
    cancelLook = due ? time.after(USUAL_WITHIN_MS, edges.changed) : null;
  }

  function reach(): void {
    if (cancelRest || closed) return;
    cancelRest = time.after(REACH_EVERY_MS, () => (cancelRest = null));
    edges.reach();
  }

  function begin(conversation: ConversationId) {
    const now = time.now();
    const when = { composedAt: now, wantedAt: now, saidAt: sender.isFree(conversation) ? now : null };
    return { cid: mintCid(now), conversation, ...when, refused: null };
  }

  return {
    rows: () => outbox.rows().map(({ kept: _kept, acked: _acked, ...row }) => row),
    unsent: () => outbox.rows().map((row) => ({ ...row, standing: standingOf(row, time.now()) })),
    async send(message, options) {
      await outbox.add({ ...begin(message.conversation), ...message }, options);
      askToPersist();
    },
    async revise({ conversation, to, revises }) {
      const overtaken = outbox.rows().filter((row) => isOvertaken(row, { conversation, revises }));
      await outbox.add({ ...begin(conversation), to, text: "", revises }, { endsDraft: false });
      for (const row of overtaken) await outbox.takeBack(row.cid);
    },
    async sendAgain(cid) {
      const row = outbox.rows().find((other) => other.cid === cid);
      if (!row) return;
      const now = time.now();
      const standing = standingOf(row, now);
      if (standing === "refused" || standing === "held") {
        await outbox.again({ cid, as: row.refused === "cid_conflict" ? mintCid(now) : cid, now });
      } else sender.sayAgain();
      reach();
    },
    takeBack: outbox.takeBack,
    discard: outbox.discard,
    live(limits) {
      live = true;
      sender.live(limits);
    },
    lost() {
      if (live && !closed) {
        live = false;
        askLater();
      }
      sender.lost();
      edges.changed();
    },
    acked: (answer) => sender.acked(answer),
    refused: (refused) => sender.refused(refused),
    settled: outbox.settled,
    reload: () => void outbox.reload(),
    close() {
      closed = true;
      cancelLook?.();
      cancelRest?.();
    },
  };
}

/** Whether nobody needs to hear of it any more: the same is done anew to the same message, or the message is deleted. */
function isOvertaken(
  row: UnsentRow,
  { conversation, revises }: { conversation: ConversationId; revises: Revises },
): boolean {
  if (row.conversation !== conversation || row.revises?.seq !== revises.seq) return false;
  return row.revises.type === revises.type || revises.type === "message.delete";
}
