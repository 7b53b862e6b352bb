/** What goes over the sockets of this instance: connections, frames by kind, refusals, resumes. */
import { Histogram } from "prom-client";
import type { Registry } from "prom-client";
import { CLOSE } from "#protocol/close_codes.ts";
import type { RefusedCode } from "#protocol/codes.ts";
import type { Command, Resync, ServerFrame } from "#protocol/frames.ts";
import { cellOf, createCount, createTally } from "./tally.ts";

const COMMANDS = [
  "hello",
  "message.send",
  "message.edit",
  "message.delete",
  "message.react",
  "message.received",
  "message.read",
  "typing",
  "presence",
  "ping",
] as const satisfies Command["type"][];
const SERVER_FRAMES = [
  "welcome",
  "ack",
  "revised",
  "refused",
  "pong",
  "resync",
  "bye",
  "event",
  "typing",
  "presence",
] as const satisfies ServerFrame["type"][];
const REFUSALS = [
  "unknown_frame",
  "bad_frame",
  "hello_first",
  "empty_text",
  "text_too_long",
  "not_a_contact",
  "cid_conflict",
  "no_conversation",
  "no_message",
  "not_yours",
  "edit_too_late",
  "not_an_emoji",
  "rate_limited",
  "unavailable",
] as const satisfies RefusedCode[];
const RESYNCS = ["epoch", "floor", "behind", "ahead"] as const satisfies Resync["reason"][];
/** Codes that come from below, and ours. A client may name any other: those share one series. */
const CLOSE_CODES = ["1000", "1001", "1005", "1006", "1009", "1011", ...Object.values(CLOSE).map(String)];
/** From a connection that fails at once to one that lasts a day. */
const LIFETIME_BUCKETS_SECONDS = [1, 10, 60, 600, 3_600, 21_600, 86_400];
const SECOND_MS = 1_000;
/** Every frame of the server is encoded with its type first: `{"type":"ack",…`. */
const TYPE_AT = '{"type":"'.length;

/** What a resume came to. */
export type Resumed = { is: "current" } | { is: "events" } | { is: "resync"; reason: string };

export type Traffic = ReturnType<typeof createTraffic>;

export function createTraffic(registry: Registry) {
  const received = createTally(registry, {
    name: "parley_frames_received_total",
    help: "Frames from clients, by what they were read as",
    label: "kind",
    values: [...COMMANDS, "unreadable", "other"],
  });
  const sent = createTally(registry, {
    name: "parley_frames_sent_total",
    help: "Frames to clients; one that is fanned out counts once for each connection",
    label: "kind",
    values: [...SERVER_FRAMES, "other"],
  });
  const { send: droppedOnSend, publish: droppedOnFanOut } = createTally(registry, {
    name: "parley_frames_dropped_total",
    help: "Frames that a slow reader's full send buffer did not take; its connection is closed and resumes",
    label: "by",
    values: ["send", "publish"],
  });
  const refused = createTally(registry, {
    name: "parley_refused_total",
    help: "Commands that were refused on a socket",
    label: "code",
    values: [...REFUSALS, "other"],
  });
  const openings = createCount(registry, {
    name: "parley_connections_opened_total",
    help: "Connections that were opened",
  });
  const closings = createTally(registry, {
    name: "parley_connections_closed_total",
    help: "Connections that ended, by close code",
    label: "code",
    values: [...CLOSE_CODES, "other"],
  });
  const lifetime = new Histogram({
    name: "parley_connection_lifetime_seconds",
    help: "How long connections lasted",
    buckets: LIFETIME_BUCKETS_SECONDS,
    registers: [registry],
  });
  const resumes = createTally(registry, {
    name: "parley_resumes_total",
    help: "Hellos, by what they came to: nothing missed, events followed, or a resync",
    label: "result",
    values: ["current", "events", "resync"],
  });
  const resyncs = createTally(registry, {
    name: "parley_resyncs_total",
    help: "Devices that were sent to the snapshot, by reason",
    label: "reason",
    values: [...RESYNCS, "other"],
  });
  const healed = createCount(registry, {
    name: "parley_gaps_healed_total",
    help: "Times that a live connection found a hole, said hello again and got what it had missed",
  });

  return {
    opened: () => void (openings.count += 1),
    closed(code: number, lifetimeMs: number) {
      cellOf(closings, String(code)).count += 1;
      lifetime.observe(lifetimeMs / SECOND_MS);
    },
    /** A frame came in. `kind`: the command's type, or what is wrong with it. */
    received: (kind: string) => void (cellOf(received, kind).count += 1),
    /** Frames that came in, since the start. */
    heard: () => Object.values(received).reduce((sum, { count }) => sum + count, 0),
    /** An encoded frame goes to one connection; `taken` is what the socket said of it: 0 means dropped. */
    sent(frame: string, taken: number) {
      if (taken === 0) droppedOnSend.count += 1;
      const kind = kindOf(frame);
      cellOf(sent, kind).count += 1;
      if (kind === "refused") cellOf(refused, fieldOf(frame, "code")).count += 1;
    },
    /** An encoded frame goes to all connections of a topic; `taken` is 0 when one of them dropped it. */
    fannedOut(frame: string, { connections, taken }: { connections: number; taken: number }) {
      if (taken === 0) droppedOnFanOut.count += 1;
      cellOf(sent, kindOf(frame)).count += connections;
    },
    /** A hello was answered; `again`: on a connection that had said one before, because it found a hole. */
    resumed(resumed: Resumed, { again }: { again: boolean }) {
      resumes[resumed.is].count += 1;
      if (resumed.is === "resync") cellOf(resyncs, resumed.reason).count += 1;
      if (resumed.is === "events" && again) healed.count += 1;
    },
  };
}

/** The type of an encoded frame. */
export function kindOf(frame: string): string {
  return frame.slice(TYPE_AT, frame.indexOf('"', TYPE_AT));
}

/** A field of an encoded frame whose value is a plain word; empty when there is none. */
export function fieldOf(frame: string, field: string): string {
  const at = frame.indexOf(`"${field}":"`);
  if (at === -1) return "";
  const start = at + field.length + '"":"'.length;
  return frame.slice(start, frame.indexOf('"', start));
}
