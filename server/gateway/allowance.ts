/** The pace of each user on this instance, shared by their connections, and kept a while after the last one closed. */
import type { UserId } from "#protocol/ids.ts";
import * as limits from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { Credits } from "./credits.ts";
import type { Pace } from "./credits.ts";

type Paces = Record<"sends" | "commands" | "searches" | "resumes" | "requests", Pace>;

/** Each bucket is made when it is first drawn from, full as it would be by then: most people do not do most things. */
export class Allowance {
  readonly #paces: Paces;
  #sends: Credits | null = null;
  #commands: Credits | null = null;
  #searches: Credits | null = null;
  #resumes: Credits | null = null;
  #requests: Credits | null = null;

  constructor(paces: Paces) {
    this.#paces = paces;
  }

  get sends(): Credits {
    return (this.#sends ??= new Credits(this.#paces.sends));
  }

  get commands(): Credits {
    return (this.#commands ??= new Credits(this.#paces.commands));
  }

  get searches(): Credits {
    return (this.#searches ??= new Credits(this.#paces.searches));
  }

  /** Connections, and further resumes on them: each may read a long way back. */
  get resumes(): Credits {
    return (this.#resumes ??= new Credits(this.#paces.resumes));
  }

  /** Requests over HTTP. */
  get requests(): Credits {
    return (this.#requests ??= new Credits(this.#paces.requests));
  }
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
  const paces: Paces = {
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
    const allowance = allowances.get(user) ?? new Allowance(paces);
    allowances.delete(user);
    allowances.set(user, allowance);
    if (allowances.size > REMEMBERED_MAX) allowances.delete(allowances.keys().next().value as UserId);
    return allowance;
  };
}
