import { HEARTBEAT_MS, HOLE_WAIT_MS } from "#protocol/limits.ts";

/** What a server says first, but for what it knows of the person. */
export const WELCOME = {
  type: "welcome",
  floor: 0,
  heartbeatMs: HEARTBEAT_MS,
  limits: {
    frameMaxBytes: 16_384,
    textMaxChars: 4_000,
    sendBurst: 40,
    sendsPerSecond: 10,
    holeWaitMs: HOLE_WAIT_MS,
    typingEveryMs: 3_000,
  },
} as const;
