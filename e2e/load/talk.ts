/** Two ways to put people to talking: at a steady pace whatever comes back, and as fast as acks come back. */
import { keepLedger } from "./ledger.ts";
import type { Ledger, Totals } from "./ledger.ts";
import type { Crew } from "./crew.ts";

/** Sixty characters, as people write. */
const TEXT = "sixty characters, no more and no less, as people write them.";
/** What is under way at the end may take so long. */
const SETTLE_WITHIN_MS = 10_000;
const SHARE_OF_WARM_UP = 0.25;
const WARM_UP_MAX_SECONDS = 3;

export interface Talk extends Totals {
  /** How long what counted was sent. */
  seconds: number;
}

interface Measuring {
  /** Called when what counts begins; what it returns, when it ends. */
  around?: () => Promise<() => Promise<void>>;
  seconds: number;
}

interface Paced extends Measuring {
  /** Messages a second of each. */
  perSecond: number;
  /** Nothing counts before everybody together has sent so many. */
  warmUpMessages?: number;
}

/** Everybody sends so many messages a second, evenly spread, answered or not. */
export async function talkSteadily(
  crew: Crew,
  { perSecond, seconds, warmUpMessages = 0, around }: Paced,
): Promise<Talk> {
  const ledger = keepLedger(crew);
  const everyMs = 1_000 / perSecond;
  const startedAt = performance.now();
  const count = crew.devices.length;
  let turn = 0;
  let stopped = false;

  async function pace(): Promise<void> {
    while (!stopped) {
      const now = performance.now();
      for (let dueAt = dueOf(turn); dueAt <= now; dueAt = dueOf(turn)) {
        speak(crew, turn % count, ledger, now - dueAt);
        turn += 1;
      }
      await Bun.sleep(1);
    }
  }

  const dueOf = (at: number) => startedAt + (at * everyMs) / count;
  const pacing = pace();
  await Bun.sleep((warmUpMessages / (count * perSecond)) * 1_000);
  const took = await measure(ledger, { seconds, ...(around && { around }) });
  stopped = true;
  await pacing;
  await ledger.settled(SETTLE_WITHIN_MS);
  return { ...ledger.totals(), seconds: took };
}

/** Everybody keeps so many messages unanswered, and sends the next as one is acked. */
export async function talkAtOnce(
  crew: Crew,
  { outstanding, seconds, around }: Measuring & { outstanding: number },
): Promise<Talk> {
  let stopped = false;
  const ledger = keepLedger(crew, {
    acked: (index) => {
      if (!stopped) speak(crew, index, ledger);
    },
  });
  for (const index of crew.devices.keys()) {
    for (let n = 0; n < outstanding; n++) speak(crew, index, ledger);
  }
  const took = await measure(ledger, { seconds, ...(around && { around }) });
  stopped = true;
  await ledger.settled(SETTLE_WITHIN_MS);
  return { ...ledger.totals(), seconds: took };
}

function speak(crew: Crew, index: number, ledger: Ledger, lateMs?: number): void {
  const cid = crew.devices[index]?.send(crew.peerOf(index).person.id, TEXT);
  if (cid !== undefined) ledger.sent(cid, lateMs);
}

/** Nothing counts before: code that has just begun to run is not yet compiled. */
export function warmUpMs(seconds: number): number {
  return Math.min(WARM_UP_MAX_SECONDS, seconds * SHARE_OF_WARM_UP) * 1_000;
}

/** Warms up, then counts; returns for how long. */
async function measure(ledger: Ledger, { seconds, around }: Measuring): Promise<number> {
  await Bun.sleep(warmUpMs(seconds));
  const finish = await around?.();
  const startedAt = performance.now();
  ledger.begin();
  await Bun.sleep(seconds * 1_000);
  ledger.end();
  const took = (performance.now() - startedAt) / 1_000;
  await finish?.();
  return took;
}
