/** What the server said, written: each function is one transaction (ledger.ts says what that promises). */
import type { Ack, InboxEvent, Message, NewSession } from "#protocol/frames.ts";
import type { Conversation, MessagePage, Snapshot } from "#protocol/http.ts";
import type { ConversationId, Cursor, Epoch, Seq, UserId } from "#protocol/ids.ts";
import type { Revised } from "#protocol/messages.ts";
import { writeAs } from "./device.ts";
import { countTheirs, openLedger, raise, seqs, settleRead } from "./ledger.ts";
import type { Applied, Ledger } from "./ledger.ts";
import { noteNewSessions } from "./new_sessions.ts";
import type { Disk, Writing } from "./open.ts";
import type { ConversationRow } from "./schema.ts";

/** Another tab has moved this device to another epoch: what this tab heard belongs to a log that is gone. */
export class OtherEpoch extends Error {
  constructor() {
    super("Applying events: this device follows another epoch by now.");
    this.name = "OtherEpoch";
  }
}

interface Owner {
  disk: Disk;
  user: UserId;
}

/** Writes events and the cursor of the last. The cursor on disk only rises: another tab may be ahead. */
export function applyEvents(
  owner: Owner,
  { epoch, events }: { epoch: Epoch; events: readonly InboxEvent[] },
): Promise<Applied> {
  return writeAs(owner, async (tx, device) => {
    if (device.epoch !== epoch) throw new OtherEpoch();
    const ledger = openLedger(tx, owner.user);
    const begun: NewSession[] = [];
    let cursor: Cursor = device.cursor;
    for (const event of events) {
      if (event.kind === "session") begun.push(event.session);
      else await applyEvent(ledger, event);
      cursor = Math.max(cursor, event.cursor);
    }
    const applied = await ledger.close();
    await tx.objectStore("meta").put({ ...device, me: { ...device.me, ...applied.profile }, cursor });
    if (begun.length === 0) return applied;
    return { ...applied, newSessions: await noteNewSessions(tx, begun, { device }) };
  });
}

async function applyEvent(ledger: Ledger, event: Exclude<InboxEvent, { kind: "session" }>): Promise<void> {
  switch (event.kind) {
    case "message": {
      const { type: _, cursor: __, kind: ___, ...message } = event;
      return ledger.message(message);
    }
    case "revision":
      // What has expired goes from here by the device's own rule.
      return event.message === null ? undefined : ledger.message(event.message);
    case "mark":
      return ledger.mark(event);
    case "contact":
      return ledger.contact(event.contact);
    case "settings":
      return ledger.profile(event.profile);
    default:
      throw new Error(`Applying an event: unknown kind ${(event satisfies never as InboxEvent).kind}.`);
  }
}

/**
 * Turns the outbox row of `cid` into the message it became. The cursor stays: the message's event is still to come. When
 * there is no row the event was here first, and nothing is left to do.
 */
export function applyAck(owner: Owner, { cid, conversation, seq, sentAt }: Ack): Promise<Applied> {
  return writeAs(owner, async (tx) => {
    const ledger = openLedger(tx, owner.user);
    const unsent = await tx.objectStore("outbox").get(cid);
    if (unsent) {
      const { to, text, replyTo } = unsent;
      const message: Message = { conversation, seq, cid, from: owner.user, to, text, sentAt };
      await ledger.message(replyTo === undefined ? message : { ...message, replyTo });
    }
    return ledger.close();
  });
}

/** Stores what became of a message, in the transaction that ends the outbox row of who asked for it. */
export function applyRevised(owner: Owner, { cid, message }: Revised): Promise<Applied> {
  return writeAs(owner, async (tx) => {
    const ledger = openLedger(tx, owner.user);
    await ledger.settle(cid);
    await ledger.message(message);
    return ledger.close();
  });
}

/** Stores a page of history that was asked for with `before`. */
export function applyPage(
  owner: Owner,
  { conversation, before, page }: { conversation: ConversationId; before: Seq; page: MessagePage },
): Promise<Applied> {
  return writeAs(owner, async (tx) => {
    const ledger = openLedger(tx, owner.user);
    for (const message of page.messages) await ledger.message(message);
    await ledger.row(conversation, (row) => {
      if (!page.more) row.oldestSeq = Math.max(row.oldestSeq, page.messages[0]?.seq ?? before);
    });
    return ledger.close();
  });
}

/**
 * Merges a snapshot and takes its cursor. `lost`: the server's log is shorter than what this device had read, so what
 * is here may never have happened; then, as with a new epoch, the copy is rebuilt. The outbox and drafts always stay.
 */
export function applySnapshot(
  owner: Owner,
  { snapshot, lost = false }: { snapshot: Snapshot; lost?: boolean },
): Promise<Applied> {
  return writeAs(owner, async (tx, device) => {
    const afresh = lost || device.epoch !== snapshot.epoch;
    const missed = afresh || device.cursor < snapshot.cursor;
    if (afresh) {
      await tx.objectStore("conversations").clear();
      await tx.objectStore("messages").clear();
    }
    const ledger = openLedger(tx, owner.user);
    await ledger.profile(snapshot.me);
    // A snapshot that is older than what another tab wrote may not know what has come to be since.
    if (snapshot.cursor >= device.cursor) await dropOthers(tx, { snapshot, ledger });
    for (const said of snapshot.conversations) {
      const { alias, muted, standing } = said;
      await ledger.contact({ ...said.with, conversation: said.id, alias, muted, standing });
      if (missed) await forgetBelow(tx, said);
      for (const message of said.messages) await ledger.message(message);
      const { id, with: person, mine, headSeq } = said;
      const heldUnread = await countTheirs(tx, { id, from: person.id, after: mine.read, to: headSeq });
      await ledger.row(said.id, (row) => mergeRow(row, { said, heldUnread }));
    }
    const cursor = afresh ? snapshot.cursor : Math.max(device.cursor, snapshot.cursor);
    const me = { ...device.me, ...snapshot.me };
    await tx.objectStore("meta").put({ ...device, me, epoch: snapshot.epoch, cursor, stale: false });
    const first = device.epoch === null;
    const newSessions = await noteNewSessions(tx, snapshot.newSessions, { device, afresh: first });
    return { ...(await ledger.close()), newSessions };
  });
}

/** What the server does not have any more was removed, or has left the retention. */
async function dropOthers(
  tx: Writing,
  { snapshot, ledger }: { snapshot: Snapshot; ledger: Ledger },
): Promise<void> {
  const kept = new Set(snapshot.conversations.map(({ id }) => id));
  const held = await tx.objectStore("conversations").getAllKeys();
  for (const id of held) if (!kept.has(id)) await ledger.drop(id);
}

/**
 * What lies below the newest page may have been edited or deleted in what this device missed, and no event will say so. It is
 * fetched again when somebody scrolls there.
 */
function forgetBelow(tx: Writing, said: Conversation & MessagePage): Promise<void> {
  return tx.objectStore("messages").delete(seqs(said.id, { from: 0, to: lowestOf(said) - 1 }));
}

function lowestOf({ messages, headSeq }: Conversation & MessagePage): Seq {
  return messages[0]?.seq ?? headSeq + 1;
}

/** `heldUnread`: how many of the messages that the server counted as unread are here. */
function mergeRow(
  row: ConversationRow,
  { said, heldUnread }: { said: Conversation & MessagePage; heldUnread: number },
): void {
  const lowest = lowestOf(said);
  row.headSeq = Math.max(row.headSeq, said.headSeq);
  row.mine = raise(row.mine, said.mine);
  row.theirs = raise(row.theirs, said.theirs);
  if (!said.more) row.oldestSeq = Math.max(row.oldestSeq, lowest);
  if (row.toRead !== null && said.mine.read >= row.toRead) row.toRead = null;
  const count = said.more ? said.unread - heldUnread : 0;
  row.unheld = count > 0 ? { below: lowest, count } : null;
  settleRead(row);
}
