/** Codes of the server as sentences for the person, and other things that it says in words of its own. */
import type { AuditEntry } from "#protocol/admin.ts";
import type { RefusedCode } from "#protocol/codes.ts";
import type { ApiProblem } from "../net/api.ts";
import { words } from "./words.ts";

const MINUTE_MS = 60_000;
const DEPENDENCIES = ["postgres", "store", "bus", "mail"] as const;
const SECOND_MS = 1_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A longer wait is told in hours. */
const MINUTES_UNTIL_MS = 2 * HOUR_MS;

/** What to tell a person about a request that was refused or got no answer. */
export function sentenceFor({ code, retryAfterMs }: Pick<ApiProblem, "code" | "retryAfterMs">): string {
  if (code === "rate_limited") return tooOften(retryAfterMs);
  if (isRefusal(code)) return words.unsent.refused[code];
  // A newer server may have codes that this build has no words for.
  return words.problem[code] ?? words.problem.unknown;
}

/** How much a person has on this device only. */
export interface OwnCount {
  messages: number;
  drafts: number;
}

export function ownWords({ messages, drafts }: OwnCount): string {
  if (messages === 0) return words.own.drafts(drafts);
  if (drafts === 0) return words.own.messages(messages);
  return words.own.both(words.own.messages(messages), words.own.drafts(drafts));
}

/** The server's name for a device ("Chrome on Linux") as this language says it. */
export function deviceWords(device: string): string {
  const [browser, system] = device.split(" on ", 2);
  if (browser !== undefined && system !== undefined) return words.devices.name(browser, system);
  return device === "Unknown device" ? words.devices.unknown : device;
}

/** The server's name for what it depends on ("postgres") as this language says it. */
export function dependencyWords(name: string): string {
  return isDependency(name) ? words.admin[name] : name;
}

/** What an administrator did, as a sentence. Of an act that a newer server has and this build does not, its name. */
export function auditWords({ act, actor, terminal, subject, detail }: AuditEntry): string {
  const who = actor === null ? words.admin.terminal(terminal ?? "") : (actor.name ?? words.admin.gone);
  const whom = subject?.name ?? words.admin.gone;
  const said = act === "user.role" ? `${act}.${detail["role"]}` : act;
  return isAct(said) ? words.admin.acts[said](who, whom) : `${who}: ${act}`;
}

function isDependency(name: string): name is (typeof DEPENDENCIES)[number] {
  return (DEPENDENCIES as readonly string[]).includes(name);
}

function isAct(act: string): act is keyof typeof words.admin.acts {
  return Object.hasOwn(words.admin.acts, act);
}

function isRefusal(code: ApiProblem["code"]): code is RefusedCode {
  return Object.hasOwn(words.unsent.refused, code);
}

function tooOften(waitMs: number | undefined): string {
  if (waitMs === undefined || waitMs <= 0) return words.problem.tooOften;
  return words.problem.tooOftenFor(waitWords(waitMs));
}

/** A wait in the unit a person would say, rounded up. */
function waitWords(waitMs: number): string {
  if (waitMs <= MINUTE_MS) return words.wait.seconds(Math.ceil(waitMs / SECOND_MS));
  if (waitMs <= MINUTES_UNTIL_MS) return words.wait.minutes(Math.ceil(waitMs / MINUTE_MS));
  return words.wait.hours(Math.ceil(waitMs / HOUR_MS));
}
