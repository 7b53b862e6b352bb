/**
 * What the page for administrators is told, under `/api/admin`. Everybody else, signed in or not, is answered `not_found`, as for an
 * address that does not exist. No text of a message is in any of it, and of a phone number the last two digits.
 */
import type { Person } from "./frames.ts";
import type { Role, SessionRow } from "./http.ts";
import type { EpochMs, UserId } from "./ids.ts";

/** How one dependency answers, and how long it took. */
export interface DependencyAnswer {
  state: "up" | "down";
  latencyMs: number;
}

/** How one instance is, by its own word of the last seconds. */
export interface InstanceReport {
  id: string;
  startedAt: EpochMs;
  connections: number;
  /** Changes that wait for the next transaction. */
  writerDepth: number;
  sendsPerSecond: number;
  framesPerSecond: number;
  dependencies: Record<string, DependencyAnswer>;
  /** Ids of the keys that it has, newest first. */
  keys: string[];
}

/** `GET /api/admin/system` → 200. */
export interface SystemReport {
  now: EpochMs;
  /** As the asked instance finds them now; the mail server too. */
  dependencies: Record<string, DependencyAnswer>;
  instances: InstanceReport[];
  people: { active: number; suspended: number };
  /** Committed and not on the bus yet, of all instances. */
  outbox: { rows: number; oldestAt: EpochMs | null };
  /** When the oldest message or event that is left was written; null when nothing is left. */
  oldestRowAt: EpochMs | null;
  /** Null: never yet. */
  lastPurgeAt: EpochMs | null;
}

/** Somebody with an account. */
export interface AdminPerson {
  id: UserId;
  name: string;
  /** Last two digits of the phone number. */
  phoneHint: string;
  role: Role;
  createdAt: EpochMs;
  /** Null: never. */
  signedInAt: EpochMs | null;
  suspendedAt: EpochMs | null;
}

/** `GET /api/admin/people?after=ID` → 200, by name. */
export interface AdminPeople {
  people: AdminPerson[];
  more: boolean;
}

/**
 * `POST /api/admin/people NewPerson` → 201 `{id}` · `POST /api/admin/people/:id/suspend`, `…/unsuspend`, `…/reset` → 204 ·
 * `GET /api/admin/people/:id/sessions` → 200 · `DELETE /api/admin/people/:id/sessions`, `…/sessions/:session` → 204.
 */
export interface NewPerson {
  name: string;
  /** As typed. */
  phone: string;
  /** ISO 3166, to read a national number in. */
  country?: string;
  email: string;
}

export type AdminSession = Omit<SessionRow, "current">;

/** Who was acting, or acted on. The name is null once the account is gone. */
export interface Mentioned {
  id: UserId;
  name: Person["name"] | null;
}

export interface AuditEntry {
  number: number;
  at: EpochMs;
  /** Null: it was done in a terminal of the server, by `terminal`. */
  actor: Mentioned | null;
  terminal: string | null;
  /** Like user.suspend. */
  act: string;
  subject: Mentioned | null;
  detail: Record<string, string | number>;
}

/** `GET /api/admin/audit?before=NUMBER` → 200, newest first. */
export interface AuditPage {
  entries: AuditEntry[];
  more: boolean;
}
