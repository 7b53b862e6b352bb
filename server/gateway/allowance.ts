/** The pace of each user on this instance, shared by their connections, and kept a while after the last one closed. */
import type { UserId } from "#protocol/ids.ts";
import { COMMAND_BURST, COMMANDS_PER_SECOND, SEARCH_BURST, SEARCHES_PER_SECOND } from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { Credits } from "./credits.ts";
import type { Pace } from "./credits.ts";

export interface Allowance {
  sends: Credits;
  commands: Credits;
  searches: Credits;
}

export interface AllowanceOptions {
  sendBurst: number;
  sendsPerSecond: number;
  clock: Clock;
  /** Told each time a user is too fast with it. */
  throttled: (what: "send" | "command") => void;
}

/** How many users may be remembered before those longest unseen are forgotten. */
const REMEMBERED_MAX = 20_000;

/** Reconnecting must not refill credits, so allowances outlive connections: the latest users are remembered. */
export function createAllowances({ sendBurst, sendsPerSecond, clock, throttled }: AllowanceOptions) {
  const sends: Pace = {
    burst: sendBurst,
    perSecond: sendsPerSecond,
    clock,
    throttled: () => throttled("send"),
  };
  const commands: Pace = {
    burst: COMMAND_BURST,
    perSecond: COMMANDS_PER_SECOND,
    clock,
    throttled: () => throttled("command"),
  };
  const searches: Pace = {
    burst: SEARCH_BURST,
    perSecond: SEARCHES_PER_SECOND,
    clock,
    throttled: () => throttled("command"),
  };
  const allowances = new Map<UserId, Allowance>();
  return function allowanceOf(user: UserId): Allowance {
    const known = allowances.get(user);
    const allowance = known ?? {
      sends: new Credits(sends),
      commands: new Credits(commands),
      searches: new Credits(searches),
    };
    allowances.delete(user);
    allowances.set(user, allowance);
    if (allowances.size > REMEMBERED_MAX) allowances.delete(allowances.keys().next().value as UserId);
    return allowance;
  };
}
