/**
 * One send at a time, so that records stay in order even when a send is repeated; what comes in meanwhile goes out together
 * with the next. Waiting is bounded in number and in time.
 */
import type { BusRecord } from "./bus.ts";
import { within } from "../within.ts";

/** One send at most; a broker takes about twice that by default. A single larger record goes alone. */
const SEND_MAX_CHARS = 256 * 1024;
const WAITING_MAX_RECORDS = 50_000;
/** After this the caller is told that it failed, whatever becomes of the send. */
const PUBLISH_WITHIN_MS = 10_000;

interface Portion {
  records: readonly BusRecord[];
  chars: number;
  done: PromiseWithResolvers<void>;
}

/** Returns `publish` of a bus whose records `send` puts there; rejects when that fails or takes too long. */
export function createPublishQueue(
  send: (records: BusRecord[]) => Promise<void>,
  { withinMs = PUBLISH_WITHIN_MS }: { withinMs?: number } = {},
) {
  const portions: Portion[] = [];
  let waiting = 0;
  let running = false;

  async function publish(records: readonly BusRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (waiting + records.length > WAITING_MAX_RECORDS) throw new Error("too much waits for the bus already");
    const own = toPortions(records);
    portions.push(...own);
    waiting += records.length;
    if (!running) void run();
    try {
      await within(withinMs, Promise.all(own.map((portion) => portion.done.promise)));
    } catch (error) {
      forget(own);
      throw error;
    }
  }

  /** Whoever was told that it failed will bring it again: what has not begun to go out must not go out besides. */
  function forget(given: readonly Portion[]): void {
    for (const portion of given) {
      const index = portions.indexOf(portion);
      if (index === -1) continue;
      portions.splice(index, 1);
      waiting -= portion.records.length;
    }
  }

  async function run() {
    running = true;
    while (portions.length > 0) await sendNext(takeNext(portions));
    running = false;
  }

  async function sendNext(batch: Portion[]) {
    const records = batch.flatMap((portion) => portion.records);
    try {
      await send(records);
      for (const { done } of batch) done.resolve();
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    }
    waiting -= records.length;
  }

  return publish;
}

function toPortions(records: readonly BusRecord[]): Portion[] {
  const portions: Portion[] = [];
  let start = 0;
  let chars = 0;
  for (const [index, { body }] of records.entries()) {
    if (index > start && chars + body.length > SEND_MAX_CHARS) {
      portions.push({ records: records.slice(start, index), chars, done: Promise.withResolvers() });
      [start, chars] = [index, 0];
    }
    chars += body.length;
  }
  portions.push({ records: records.slice(start), chars, done: Promise.withResolvers() });
  return portions;
}

/** As many from the front as fit into one send, one at least. */
function takeNext(portions: Portion[]) {
  let chars = 0;
  const end = portions.findIndex((portion) => (chars += portion.chars) > SEND_MAX_CHARS);
  return portions.splice(0, end === -1 ? portions.length : Math.max(1, end));
}
