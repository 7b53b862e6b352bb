/**
 * The privacy table: what of a person reaches whom. It is the one place where this is said. The server's filters ask it, its
 * tests are generated from it, and the app shows it as its help page.
 */
import type { Switches } from "./frames.ts";

/** What somebody is to a person: never heard of · holds their open invite · contact · blocked by the person · has blocked them. */
export const RELATIONS = ["stranger", "invited", "contact", "blocked", "blockedBy"] as const;
export type Relation = (typeof RELATIONS)[number];

/** What of a person may reach somebody; `push` is the notification of a message on a device that is not open. */
export const SIGNS = ["message", "presence", "lastSeen", "typing", "delivered", "read", "push"] as const;
export type Sign = (typeof SIGNS)[number];

const NOTHING = {
  message: false,
  presence: false,
  lastSeen: false,
  typing: false,
  delivered: false,
  read: false,
  push: false,
} as const satisfies Record<Sign, boolean>;

const EVERYTHING = {
  message: true,
  presence: true,
  lastSeen: true,
  typing: true,
  delivered: true,
  read: true,
  push: true,
} as const satisfies Record<Sign, boolean>;

/** `PRIVACY[relation][sign]`: whether a sign of a person reaches somebody who is that to them. */
export const PRIVACY = {
  stranger: NOTHING,
  invited: NOTHING,
  contact: EVERYTHING,
  blocked: NOTHING,
  blockedBy: NOTHING,
} as const satisfies Record<Relation, Record<Sign, boolean>>;

/** The switch that both must have on for a sign to pass; a sign that is not here has none. */
export const SWITCH_OF = {
  presence: "showsPresence",
  lastSeen: "showsPresence",
  typing: "showsPresence",
  read: "sendsReceipts",
} as const satisfies Partial<Record<Sign, keyof Switches>>;
