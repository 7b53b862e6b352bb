/**
 * The diagnostic file: how this device is doing, in figures and in words of closed lists. Nothing that anybody wrote or is
 * called, no number, address, id or token has a place in its type, so none gets in.
 */
import type { EpochMs } from "#protocol/ids.ts";
import type { Holdings } from "../db/holdings.ts";
import type { Timing } from "../db/schema.ts";
import type { LinkView } from "../net/link.ts";
import type { PushView } from "../net/push.ts";
import type { Standing } from "../net/standing.ts";
import type { Entry } from "./journal.ts";
import { quantilesOf } from "./quantile.ts";
import type { Quantiles } from "./quantile.ts";

/** What the browser says of itself and of this page. */
export interface Surroundings {
  browser: string;
  language: string;
  online: boolean;
  visible: boolean;
  /** A service worker answers for this page. */
  offlineReady: boolean;
  installed: boolean;
  touch: boolean;
  /** In CSS pixels. */
  width: number;
  height: number;
}

/** Each null where the browser does not tell. */
export interface Room {
  usedBytes: number | null;
  quotaBytes: number | null;
  /** The browser has promised not to clear it by itself. */
  persisted: boolean | null;
}

export type Queue = Record<Standing, number>;

export interface Speed {
  ack: Quantiles | null;
  delivery: Quantiles | null;
}

export interface Readings {
  now: EpochMs;
  build: string;
  connection: LinkView;
  queue: Queue;
  timings: readonly Timing[];
  holdings: Holdings | null;
  room: Room;
  push: PushView | null;
  surroundings: Surroundings;
  journal: readonly Entry[];
}

export function speedOf(timings: readonly Timing[]): Speed {
  return {
    ack: quantilesOf(timings.map(({ ackMs }) => ackMs)),
    delivery: quantilesOf(timings.flatMap(({ deliveredMs }) => deliveredMs ?? [])),
  };
}

/** The file's text. */
export function reportOf({ now, build, connection, push, timings, journal, ...readings }: Readings): string {
  const { retryAt, ...link } = connection;
  const report = {
    madeAt: isoOf(now),
    build,
    ...readings,
    connection: { ...link, retryInMs: retryAt === null ? null : retryAt - now },
    push: push && { state: push.state, ...push.choice, last: push.last },
    speed: speedOf(timings),
    timings,
    journal: journal.map(({ at, ...entry }) => ({ at: isoOf(at), ...entry })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function isoOf(at: EpochMs): string {
  return new Date(at).toISOString();
}
