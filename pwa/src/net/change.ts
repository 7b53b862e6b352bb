import type { EpochMs } from "#protocol/ids.ts";
import type { Applied } from "../db/ledger.ts";

/** What a tab tells its stores. */
export type Change =
  /** Who is signed in, or whether anybody is. */
  | { kind: "account" }
  /** The signed-in person's own state was read from the device. */
  | { kind: "opened" }
  /** Nobody is signed in any more, or somebody else: forget the person. */
  | { kind: "closed" }
  | { kind: "connection" }
  /** What the device holds cannot be read: it is tried again. */
  | { kind: "unreadable" }
  /** Another tab runs a newer build, which this one cannot share the device with: only a reload helps. */
  | { kind: "outdated" }
  /** Messages, marks or contacts were written. A snapshot replaces what was known: there may be holes below it. */
  | { kind: "applied"; applied: Applied; by: "event" | "ack" | "snapshot" | "page" | "here" }
  /** Messages sent before this moment are gone. */
  | { kind: "purged"; before: EpochMs }
  | { kind: "unsent" }
  /** The person types in another tab. */
  | { kind: "drafts" }
  /** The person has looked at the sessions that began elsewhere. */
  | { kind: "newSessions" }
  /** How notifications of this device are doing. */
  | { kind: "push" }
  /** Presence or typing of somebody. */
  | { kind: "people" };
