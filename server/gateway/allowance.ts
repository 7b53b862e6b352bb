/** The pace of each user on this instance, shared by their connections, and kept a while after the last one closed. */
import type { UserId } from "#protocol/ids.ts";
import * as limits from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { Credits } from "./credits.ts";
import type { Pace } from "./credits.ts";

export interface Allowance {
  sends: Credits;
  commands: Credits;
  searches: Credits;
  /** Connections, and further resumes on them: each may read a long way back. */
  resumes: Credits;
  /** Requests over HTTP. */
  requests: Credits;
}

export interface AllowanceOptions {
  sendBurst: number;
  sendsPerSecond: number;
  requestsPerPersonSecond: number;
  clock: Clock;
  /** Told each time a user is too fast with it. */
  throttled: (what: Paced) => void;
}

type Paced = "send" | "command" | "resume" | "request";

/** Pages of history and the like come in flurries: so many seconds' worth of requests may come together. */
const REQUEST_BURST_SECONDS = 6;

/** How many users may be remembered before those longest unseen are forgotten. */
const REMEMBERED_MAX = 20_000;

/** Reconnecting must not refill credits, so allowances outlive connections: the latest users are remembered. */
export function createAllowances({ clock, throttled, ...own }: AllowanceOptions) {
  const pace = (what: Paced, burst: number, perSecond: number): Pace => ({
    burst,
    perSecond,
    clock,
    throttled: () => throttled(what),
  });
  const paces = {
    sends: pace("send", own.sendBurst, own.sendsPerSecond),
    commands: pace("command", limits.COMMAND_BURST, limits.COMMANDS_PER_SECOND),
    searches: pace("command", limits.SEARCH_BURST, limits.SEARCHES_PER_SECOND),
    resumes: pace("resume", limits.RESUME_BURST, limits.RESUMES_PER_SECOND),
    requests: pace(
      "request",
      REQUEST_BURST_SECONDS * own.requestsPerPersonSecond,
      own.requestsPerPersonSecond,
    ),
  };
  const allowances = new Map<UserId, Allowance>();
  return function allowanceOf(user: UserId): Allowance {
    const allowance = allowances.get(user) ?? {
      sends: new Credits(paces.sends),
      commands: new Credits(paces.commands),
      searches: new Credits(paces.searches),
      resumes: new Credits(paces.resumes),
      requests: new Credits(paces.requests),
    };
    allowances.delete(user);
    allowances.set(user, allowance);
    if (allowances.size > REMEMBERED_MAX) allowances.delete(allowances.keys().next().value as UserId);
    return allowance;
  };
}
