/**
 * The bus: what instances tell one another. Truth is in Postgres; the bus only wakes other instances up.
 *
 * Guarantees of every adapter (held by `bus_contract.ts`):
 * - A record whose `publish` resolved reaches every instance that is subscribed, the publisher included, at least once.
 * - Records of one topic with one key that one instance publishes arrive in the order of publishing, repeats aside.
 * - `publish` rejects when the bus cannot take the records; the caller keeps what it must not lose (`bus_outbox`).
 * - A subscriber that was away for less than the bus's own retention gets what it missed once it is back.
 * - A record of `events` is handled by one of all that consume as one group, those of a key one after another in that one. What
 *   was being handled when its consumer went is handled again by another: at least once.
 */
import type { EpochMs } from "#protocol/ids.ts";

/** `events`: inbox rows and ended sessions, worth keeping a while. `notices`: typing and presence, stale in seconds. */
export type BusTopic = "events" | "notices";

export interface BusRecord {
  topic: BusTopic;
  /** Records with the same key keep their order: the user they are about. */
  key: string;
  /** Id of the instance that published. */
  origin: string;
  kind: "inbox" | "contacts.changed" | "session.ended" | "typing" | "presence";
  /** Made by `events.ts`; for `inbox` the very frames to hand to connections, one a line. */
  body: string;
}

/** Gets what comes, and when it was put on the bus by the publisher's clock. */
export type Receive = (record: BusRecord, publishedAt: EpochMs) => void;

/** Handles one record; it counts as handled once this resolves. What it throws is logged, and counts as handled too. */
export type Handle = (record: BusRecord, publishedAt: EpochMs) => Promise<void>;

export interface Bus {
  publish(records: readonly BusRecord[]): Promise<void>;
  /** Begins to receive, and resolves once receiving: what is published after that arrives. Once per bus. */
  subscribe(receive: Receive): Promise<void>;
  /**
   * Begins to take part in handling what `events` brings, and resolves once it does. A group that is new begins with whatever the
   * bus still keeps. Once per bus.
   */
  consume(group: string, handle: Handle): Promise<void>;
  /** False while the bus is known to be out of reach: then instances compare heads with Postgres. */
  healthy(): boolean;
  close(): Promise<void>;
}
