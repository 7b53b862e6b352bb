/** The pace of each user on this instance, shared by their connections, and kept a while after the last one closed. */
import type { UserId } from "#protocol/ids.ts";
import { COMMAND_BURST, COMMANDS_PER_SECOND } from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import { createCredits } from "./credits.ts";
import type { Credits } from "./credits.ts";

export interface Allowance {
  sends: Credits;
  commands: Credits;
}

/** How many users may be remembered before those longest unseen are forgotten. */
const REMEMBERED_MAX = 20_000;

/** Reconnecting must not refill credits, so allowances outlive connections: the latest users are remembered. */
export function createAllowances(options: { sendBurst: number; sendsPerSecond: number; clock: Clock }) {
  const { sendBurst, sendsPerSecond, clock } = options;
  const allowances = new Map<UserId, Allowance>();
  return function allowanceOf(user: UserId): Allowance {
    const known = allowances.get(user);
    const allowance = known ?? {
      sends: createCredits({ burst: sendBurst, perSecond: sendsPerSecond, clock }),
      commands: createCredits({ burst: COMMAND_BURST, perSecond: COMMANDS_PER_SECOND, clock }),
    };
    allowances.delete(user);
    allowances.set(user, allowance);
    if (allowances.size > REMEMBERED_MAX) allowances.delete(allowances.keys().next().value as UserId);
    return allowance;
  };
}
