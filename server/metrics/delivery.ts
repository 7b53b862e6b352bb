/**
 * How long messages and presence take, and what carries them: the writer, the local fan-out, the bus. Local durations are
 * taken on this instance's steady clock. What comes from another instance is measured from the moment written in it, so it
 * is as true as the two machines' clocks are alike.
 */
import { Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { EpochMs } from "#protocol/ids.ts";
import { PRESENCE_UNTIL_MS } from "#protocol/limits.ts";
import type { BusRecord } from "../bus/bus.ts";
import type { Outcome } from "../messages/change.ts";
import type { Committed } from "../messages/writer.ts";
import { createCount, createTally } from "./tally.ts";

const SECOND_MS = 1_000;
/** The promises are 300 ms (presence) and 500 ms (messages): both are edges of a bucket. */
const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const KINDS = [
  "inbox",
  "contacts.changed",
  "session.ended",
  "typing",
  "presence",
] as const satisfies BusRecord["kind"][];
const PRESENCE_STATES = ["online", "away", "offline"] as const;
const MESSAGE = '"kind":"message"';
const SENT_AT = '"sentAt":';
const UNTIL = '"until":';

export interface Arrival {
  /** From another instance: it is how people here hear of it. */
  foreign: boolean;
  publishedAt: EpochMs;
  now: EpochMs;
}

export type Delivery = ReturnType<typeof createDelivery>;

export function createDelivery(registry: Registry) {
  const latency = (name: string, help: string, labelNames: string[] = []) =>
    new Histogram({ name, help, labelNames, buckets: LATENCY_BUCKETS_SECONDS, registers: [registry] });
  const commitLatency = latency(
    "parley_commit_seconds",
    "From a send's arrival to the commit that stored it",
  );
  const deliveryLatency = latency(
    "parley_delivery_seconds",
    "Until a message was handed to the sockets of an instance: from its arrival (local) or its sentAt (bus)",
    ["way"],
  );
  const presenceLatency = latency(
    "parley_presence_seconds",
    "Until a presence notice was handed to sockets: from what the device said (local) or the announcement (bus)",
    ["way"],
  );
  const busLag = latency("parley_bus_lag_seconds", "From the publishing of a bus record to its arrival here");
  const [local, bus] = [deliveryLatency.labels("local"), deliveryLatency.labels("bus")];
  const [localPresence, busPresence] = [presenceLatency.labels("local"), presenceLatency.labels("bus")];
  for (const way of ["local", "bus"]) {
    deliveryLatency.zero({ way });
    presenceLatency.zero({ way });
  }
  const batches = new Histogram({
    name: "parley_batch_changes",
    help: "Changes that one transaction of the writer stored",
    buckets: BATCH_BUCKETS,
    registers: [registry],
  });
  const facts = createTally(registry, {
    name: "parley_batches_total",
    help: "Batches that the writer stored, by whether what decides them was known from those before or had to be read",
    label: "facts",
    values: ["known", "read"],
  });
  const sends = createTally(registry, {
    name: "parley_sends_total",
    help: "Sends that reached the writer, by either door; stored and duplicate ones are acked",
    label: "result",
    values: ["stored", "duplicate", "refused"],
  });
  const marks = createTally(registry, {
    name: "parley_marks_total",
    help: "Received and read marks that reached the writer",
    label: "kind",
    values: ["received", "read"],
  });
  const revisions = createTally(registry, {
    name: "parley_revisions_total",
    help: "Edits, deletions and reactions that reached the writer",
    label: "kind",
    values: ["edit", "delete", "react"],
  });
  const published = createTally(registry, {
    name: "parley_bus_published_total",
    help: "Records that the bus took from this instance",
    label: "kind",
    values: KINDS,
  });
  const receivedRecords = createTally(registry, {
    name: "parley_bus_received_total",
    help: "Records that came over the bus, this instance's own included",
    label: "kind",
    values: KINDS,
  });
  const failures = createCount(registry, {
    name: "parley_bus_failures_total",
    help: "Publishes that the bus did not take; what must not be lost stays in the outbox",
  });
  const changes = createTally(registry, {
    name: "parley_presence_changes_total",
    help: "Presence changes that this instance announced",
    label: "state",
    values: PRESENCE_STATES,
  });

  return {
    sent(outcome: Outcome, times: { arrivedAtMs: number; committedAtMs: number; fannedOutAtMs: number }) {
      if (outcome.is !== "sent") return void (sends.refused.count += 1);
      if (outcome.answer.duplicate) return void (sends.duplicate.count += 1);
      sends.stored.count += 1;
      commitLatency.observe((times.committedAtMs - times.arrivedAtMs) / SECOND_MS);
      local.observe((times.fannedOutAtMs - times.arrivedAtMs) / SECOND_MS);
    },
    /** Messages that were stored, since the start. */
    stored: () => sends.stored.count,
    marked: (kind: "received" | "read") => void (marks[kind].count += 1),
    revised: (kind: "edit" | "delete" | "react") => void (revisions[kind].count += 1),
    batch({ changes: size, known }: Committed) {
      batches.observe(size);
      facts[known ? "known" : "read"].count += 1;
    },
    published(records: readonly BusRecord[]) {
      for (const { kind } of records) published[kind].count += 1;
    },
    publishFailed: () => void (failures.count += 1),
    /** A record came. */
    received(record: BusRecord, { foreign, publishedAt, now }: Arrival) {
      // A newer instance may speak of kinds that are unknown here.
      if (!Object.hasOwn(receivedRecords, record.kind)) return;
      receivedRecords[record.kind].count += 1;
      busLag.observe(elapsed(publishedAt, now));
      if (!foreign) return;
      const sentAt = record.kind === "inbox" ? newestSentAt(record.body) : null;
      if (sentAt !== null) bus.observe(elapsed(sentAt, now));
      const until = record.kind === "presence" ? momentIn(record.body, { key: UNTIL, from: 0 }) : null;
      if (until !== null) busPresence.observe(elapsed(until - PRESENCE_UNTIL_MS, now));
    },
    presenceChanged: (state: (typeof PRESENCE_STATES)[number]) => void (changes[state].count += 1),
    presenceTold: (durationMs: number) => localPresence.observe(durationMs / SECOND_MS),
  };
}

/** Clocks of two machines may disagree: what seems to arrive before it left took no time. */
function elapsed(sinceMs: number, nowMs: number): number {
  return Math.max(0, nowMs - sinceMs) / SECOND_MS;
}

/** Of the last new message in encoded frames: a message that was revised was sent long ago. In a text its quotes would be escaped. */
function newestSentAt(body: string): number | null {
  const from = body.lastIndexOf(MESSAGE);
  return from === -1 ? null : momentIn(body, { key: SENT_AT, from });
}

/** The first moment under this key in encoded frames, from a place on; null when there is none. */
function momentIn(body: string, { key, from }: { key: string; from: number }): number | null {
  const at = body.indexOf(key, from);
  return at === -1 ? null : Number.parseInt(body.slice(at + key.length, at + key.length + 13), 10);
}
