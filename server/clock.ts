import type { EpochMs } from "#protocol/ids.ts";

/** What time it is. Injected wherever time decides something, so that tests can lend their own. */
export type Clock = () => EpochMs;

export const systemClock: Clock = () => Date.now();
