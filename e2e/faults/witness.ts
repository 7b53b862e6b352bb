/** What was seen while it happened: what people wrote, what was acked, and what broke a promise on the spot. */
import type { Cid, ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";

/** One message as its author wrote it. Its text is like no other's, so it is known again anywhere. */
export interface Written {
  text: string;
  from: UserId;
  to: UserId;
  conversation: ConversationId;
  /** Where it was written: messages of one place keep their order. */
  place: string;
  database: string;
  at: EpochMs;
  /** Null where nobody saw it. */
  cid: Cid | null;
  /** The device said that it has it. Before that, only its author's memory did. */
  kept: boolean;
}

export interface Acked {
  cid: Cid;
  conversation: ConversationId;
  seq: Seq;
  by: UserId;
}

export interface Breach {
  rule: string;
  detail: string;
  /** The histories that differ, if it is about such. */
  histories?: { one: string[]; other: string[] };
}

export interface Witness {
  /** In the order of Send. */
  written: Written[];
  acked: Map<Cid, Acked>;
  /** What was seen of each message on its way, each with its time. */
  trails: Map<Cid, string[]>;
  /** Revisions that were acked, not as repeats: "user cid". */
  revised: Set<string>;
  /** Texts that somebody put in the place of another. */
  edited: Set<string>;
  breaches: Breach[];
  /** Errors that the PWA reported and that are no refusal, and other notes: how often each. */
  notes: Map<string, number>;
  acks: number;
  /** The person of a device wants these sent now, in this order: what they wrote meanwhile went before them. */
  askedAgain(database: string, texts: readonly string[]): void;
  /** Something happened to a message: for the day when it is out of order. */
  saw(cid: Cid, what: string): void;
  hearAck(ack: Acked): void;
  breach(breach: Breach): void;
  hearError(error: unknown): void;
  /** Something worth a line in the report that breaks no promise. */
  note(text: string): void;
}

/** More of a kind say nothing new. */
const BREACHES_MAX = 200;

export function createWitness(): Witness {
  const acked = new Map<Cid, Acked>();
  const breaches: Breach[] = [];
  const notes = new Map<string, number>();

  function breach(found: Breach): void {
    if (breaches.length < BREACHES_MAX) breaches.push(found);
  }

  function count(text: string): void {
    notes.set(text, (notes.get(text) ?? 0) + 1);
  }

  const witness: Witness = {
    written: [],
    acked,
    trails: new Map(),
    revised: new Set(),
    edited: new Set(),
    breaches,
    notes,
    acks: 0,
    breach,
    askedAgain(database, texts) {
      for (const text of texts) {
        const at = witness.written.findIndex((one) => one.database === database && one.text === text);
        if (at >= 0) witness.written.push(...witness.written.splice(at, 1));
      }
    },
    saw(cid, what) {
      const trail = witness.trails.get(cid) ?? [];
      witness.trails.set(cid, trail);
      trail.push(`${new Date().toISOString()} ${what}`);
    },
    hearAck(ack) {
      witness.acks += 1;
      witness.saw(ack.cid, `acked as ${ack.seq}`);
      const before = acked.get(ack.cid);
      acked.set(ack.cid, ack);
      if (!before) return;
      if (before.seq === ack.seq && before.conversation === ack.conversation) return;
      breach({
        rule: "the same cid gets the same answer",
        detail: `${ack.cid}: ${JSON.stringify(before)} and then ${JSON.stringify(ack)}`,
      });
    },
    hearError: (error) => count(error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
    note: count,
  };
  return witness;
}
