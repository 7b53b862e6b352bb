/** How soon a person sees that another types, and that another is there or away. */
import { TYPING_EVERY_MS } from "#protocol/limits.ts";
import type { ServerFrame } from "#protocol/frames.ts";
import type { Crew } from "../crew.ts";
import type { Figure } from "../figures.ts";
import { makeCrowd } from "../people.ts";
import { quantilesOf } from "../quantiles.ts";
import { warmUpMs } from "../talk.ts";
import { gatherOn, quantileFigures, valuesOf } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

const AIM_P99_MS = 15;
/**
 * The product lets a typist say so once in this time; a moment more, so that no notice is dropped for its pace. Who comes and goes as
 * often as people type does so far more often than people do.
 */
const EVERY_MS = TYPING_EVERY_MS + 100;
const STRAGGLERS_MS = 500;

export async function notices(stage: Stage): Promise<Figure[]> {
  const unseen = await makeCrowd(stage.bench, { people: stage.people.length });
  const typing = { say: type, means: isTyping, stage };
  const presence = { say: change, means: isPresence, stage };
  const measured = {
    typing: { product: await watch("product", typing), relay: await watch("relay", typing) },
    // Others than those who have just left: a connection counts as there for a while after it closed.
    presence: { product: await watch("product", { ...presence, stage: { ...stage, people: unseen } }) },
  };
  return (["typing", "presence"] as const).flatMap((measure) => {
    const about = { scenario: "notices", setting: "100 people" };
    const taken = measured[measure];
    const quantiles = Object.fromEntries(
      Object.entries(taken).map(([ground, { took }]) => [ground, quantilesOf(took)]),
    );
    const { missing } = taken.product;
    return [
      ...quantileFigures({ ...about, measure: `${measure} shown`, aimP99: AIM_P99_MS }, quantiles),
      { ...about, measure: `${measure} missing`, unit: "notices", values: valuesOf({ product: missing }) },
    ];
  });
}

interface Watching {
  say: (crew: Crew, told: { index: number; round: number }) => void;
  /** Whether the frame is what the peer of `index` was to see. */
  means: (frame: ServerFrame) => boolean;
  stage: Stage;
}

/** Everybody says something to their peer again and again, at moments spread over the interval. */
async function watch(ground: "product" | "relay", { say, means, stage }: Watching) {
  stage.say(`notices: every ${EVERY_MS} ms, ${ground}`);
  const crew = await gatherOn(ground, stage);
  await Bun.sleep(STRAGGLERS_MS);
  const saidAt = new Map<number, number>();
  const took: number[] = [];
  for (const [index, device] of crew.devices.entries()) {
    device.handlers.heard = (frame, at) => {
      const peer = index ^ 1;
      const since = saidAt.get(peer);
      if (since === undefined || !means(frame)) return;
      saidAt.delete(peer);
      if (since >= countsFrom) took.push(at - since);
    };
  }
  const countsFrom = performance.now() + warmUpMs(stage.plan.seconds);
  const rounds = Math.ceil((stage.plan.seconds * 1_000 + warmUpMs(stage.plan.seconds)) / EVERY_MS);
  let said = 0;
  async function speaker(index: number): Promise<void> {
    await Bun.sleep(Math.random() * Math.min(EVERY_MS, stage.plan.seconds * 1_000));
    for (let round = 0; round < rounds; round++) {
      if (round > 0) await Bun.sleep(EVERY_MS);
      const now = performance.now();
      saidAt.set(index, now);
      say(crew, { index, round });
      if (now >= countsFrom) said += 1;
    }
  }
  await Promise.all(crew.devices.keys().map(speaker));
  await Bun.sleep(STRAGGLERS_MS);
  crew.close();
  return { took, missing: said - took.length };
}

function type(crew: Crew, { index }: { index: number }): void {
  crew.devices[index]?.say({ type: "typing", to: crew.peerOf(index).person.id });
}

function change(crew: Crew, { index, round }: { index: number; round: number }): void {
  crew.devices[index]?.say({ type: "presence", state: round % 2 === 0 ? "away" : "online" });
}

function isTyping(frame: ServerFrame): boolean {
  return frame.type === "typing";
}

function isPresence(frame: ServerFrame): boolean {
  return frame.type === "presence";
}
