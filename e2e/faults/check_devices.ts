/** What devices must look like beside Postgres: the same messages in the same order, the same marks, nothing else. */
import type { UserId } from "#protocol/ids.ts";
import type { Truth } from "./check_server.ts";
import type { Dump } from "./dump.ts";
import { lineFor, lineOf, type ServerMessage } from "./stored.ts";
import type { Witness, Written } from "./witness.ts";

export interface DeviceState {
  name: string;
  user: UserId;
  /** When its person last signed out of it; 0 if never. */
  leftAt: number;
  /** False while it is signed out by its person's wish. */
  signedIn: boolean;
  /** Whether its person scrolled up to the first message; else it holds the newest page at least, and what came since. */
  isWhole: boolean;
  dump: Dump;
}

/** Characters of a message that a breach shows. */
const TEXT_SHOWN = 40;
/** Lines of each of two histories that a breach shows. */
const SHOWN = 6;

export function checkDevices(truth: Truth, devices: DeviceState[], witness: Witness): void {
  const byConversation = Map.groupBy(truth.messages, (message) => message.conversation);
  for (const device of devices) {
    if (!device.signedIn) continue;
    checkMessages(device, { byConversation, witness });
    checkMarks(device, { truth, witness });
    checkDealings(device, { truth, witness });
    const { cursor } = device.dump.device ?? { cursor: -1 };
    const head = truth.heads.get(device.user);
    if (cursor !== head) {
      witness.breach({ rule: "a device ends level", detail: `${device.name} is at ${cursor} of ${head}` });
    }
  }
}

function checkMessages(
  { name, user, dump, isWhole }: DeviceState,
  { byConversation, witness }: { byConversation: Map<string, ServerMessage[]>; witness: Witness },
): void {
  const held = Map.groupBy(dump.messages, (message) => message.conversation);
  const mine = [...byConversation].filter(([, [first]]) => first?.from === user || first?.to === user);
  for (const [conversation, stored] of mine) {
    const own = held.get(conversation as ServerMessage["conversation"]) ?? [];
    const lowest = isWhole ? 1 : (own[0]?.seq ?? 1);
    const there = stored.filter(({ seq }) => seq >= lowest).map((message) => lineFor(user, message));
    const here = own.map(lineOf);
    const at = there.findIndex((text, index) => text !== here[index]);
    const differs = at >= 0 ? at : here.length > there.length ? there.length : -1;
    if (differs < 0) continue;
    const from = Math.max(0, differs - 2);
    witness.breach({
      rule: "a device holds what the server holds, in its order, and nothing else",
      detail: `${name}, ${conversation}: ${here.length} of ${there.length}, first difference at ${differs}`,
      histories: { one: there.slice(from, from + SHOWN), other: here.slice(from, from + SHOWN) },
    });
  }
  const strange = [...held.keys()].filter((conversation) => !mine.some(([id]) => id === conversation));
  if (strange.length > 0)
    witness.breach({ rule: "a device holds only its own", detail: `${name}: ${strange}` });
}

function checkMarks(
  { name, user, dump }: DeviceState,
  { truth, witness }: { truth: Truth; witness: Witness },
): void {
  const byConversation = Map.groupBy(dump.messages, (message) => message.conversation);
  for (const row of dump.conversations) {
    const theirs = truth.marks.get(`${row.id} ${row.with.id}`);
    const mine = truth.marks.get(`${row.id} ${user}`);
    const fits =
      row.theirs.delivered === theirs?.delivered &&
      row.theirs.read === theirs.read &&
      row.mine.read === mine?.read &&
      row.headSeq === truth.headSeqs.get(row.id);
    if (!fits) {
      witness.breach({
        rule: "a device has the server's marks",
        detail: `${name}, ${row.id}: here ${JSON.stringify(row)}, there ${JSON.stringify({ mine, theirs })}`,
      });
    }
    const messages = byConversation.get(row.id) ?? [];
    const unread = messages.filter(({ seq, from }) => from === row.with.id && seq > row.mine.read).length;
    const counted = truth.messages.filter(
      (message) =>
        message.conversation === row.id && message.from === row.with.id && message.seq > row.mine.read,
    ).length;
    if (unread + (row.unheld?.count ?? 0) !== counted) {
      witness.breach({
        rule: "unread counts are right",
        detail: `${name}, ${row.id}: ${unread} of ${counted}`,
      });
    }
  }
}

function checkDealings(
  { name, user, dump }: DeviceState,
  { truth, witness }: { truth: Truth; witness: Witness },
): void {
  for (const { id, alias, muted } of dump.conversations) {
    const there = truth.dealings.get(`${id} ${user}`);
    if (alias === there?.alias && muted === there.muted) continue;
    witness.breach({
      rule: "a device calls a contact what the server says",
      detail: `${name}, ${id}: here ${JSON.stringify({ alias, muted })}, there ${JSON.stringify(there)}`,
    });
  }
}

/** Each thing that was written is stored once, or waits in the outbox of its device; and nothing else is stored. */
export function checkWritten(truth: Truth, devices: DeviceState[], witness: Witness): void {
  const byText = new Map(truth.messages.map((message) => [message.text, message]));
  const byCid = new Map(truth.messages.map((message) => [message.cid, message]));
  const texts = new Set(witness.written.map(({ text }) => text));
  const cids = new Set(witness.written.map(({ cid }) => cid));
  for (const { cid, text, deletedAt, conversation, seq } of truth.messages) {
    const written = cids.has(cid) || texts.has(text);
    if (!written || (deletedAt === null && !texts.has(text) && !witness.edited.has(text)))
      witness.breach({ rule: "nothing else is stored", detail: `${conversation} ${seq}: ${text}` });
  }
  const waiting = new Map(
    devices.map(({ name, dump }) => [name, new Set(dump.outbox.map(({ text }) => text))]),
  );
  const sealed = new Map(devices.map(({ name, dump }) => [name, dump.sealed]));
  const leftAt = new Map(devices.map(({ name, leftAt }) => [name, leftAt]));
  const last = new Map<string, Written & { seq: number }>();
  for (const written of witness.written) {
    const message = (written.cid && byCid.get(written.cid)) ?? byText.get(written.text);
    if (!message) {
      const gaveUp = !written.kept || written.at <= (leftAt.get(written.database) ?? 0);
      if (gaveUp || waiting.get(written.database)?.has(written.text)) continue;
      witness.breach({
        rule: "what was written is stored, or waits in the outbox of its device",
        detail: `${written.database} at ${new Date(written.at).toISOString()}: ${written.text.slice(0, TEXT_SHOWN)}${sealed.get(written.database) ? " (something is sealed there)" : ""}`,
      });
      continue;
    }
    if (message.from !== written.from || message.to !== written.to)
      witness.breach({ rule: "a message goes where it was sent", detail: written.text });
    const line = `${written.place} ${written.conversation}`;
    const before = last.get(line);
    if (before && before.seq > message.seq) {
      witness.breach({
        rule: "the order of Send is the order of seq",
        detail: `${line}: ${before.text.slice(0, TEXT_SHOWN)} is ${before.seq}, later ${written.text.slice(0, TEXT_SHOWN)} is ${message.seq}`,
        histories: { one: historyOf(before, witness), other: historyOf(written, witness) },
      });
    }
    last.set(line, { ...written, seq: message.seq });
  }
}

function historyOf({ at, cid }: Written, { trails }: Witness): string[] {
  return [`${new Date(at).toISOString()} written`, ...((cid && trails.get(cid)) ?? [])];
}
