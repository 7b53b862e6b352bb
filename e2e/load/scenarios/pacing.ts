/** The product at its own pace: people who send twice as fast as they may get their burst and their rate, and the others do not wait. */
import { SEND_BURST, SENDS_PER_SECOND } from "#protocol/limits.ts";
import type { Figure } from "../figures.ts";
import { quantilesOf } from "../quantiles.ts";
import { talkSteadily } from "../talk.ts";
import { gatherOn, valuesOf } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

const TIMES_TOO_FAST = 2;
/** The burst lasts for this long at that pace; what comes after shows the rate. */
const BURST_SECONDS = SEND_BURST / (TIMES_TOO_FAST * SENDS_PER_SECOND - SENDS_PER_SECOND);

export async function pacing(stage: Stage): Promise<Figure[]> {
  const { bench, plan } = stage;
  const seconds = BURST_SECONDS + plan.seconds;
  stage.say("pacing: starting again at the product's own pace");
  await bench.restart({ paced: true });
  const crew = await gatherOn("product", stage);
  const talk = await talkSteadily(crew, { perSecond: TIMES_TOO_FAST * SENDS_PER_SECOND, seconds });
  const count = crew.devices.length;
  crew.close();
  await bench.restart({ paced: false });

  const about = {
    scenario: "pacing",
    setting: `${TIMES_TOO_FAST * SENDS_PER_SECOND}/s each, ${SENDS_PER_SECOND}/s allowed`,
  };
  const allowed = SENDS_PER_SECOND + SEND_BURST / talk.seconds;
  const accepted = talk.ack.length / count / talk.seconds;
  return [
    {
      ...about,
      measure: "accepted",
      unit: "/s each",
      values: valuesOf({ product: accepted }),
      aim: { atMost: allowed },
    },
    {
      ...about,
      measure: "refused",
      unit: "/s each",
      values: valuesOf({ product: talk.refused / count / talk.seconds }),
    },
    {
      ...about,
      measure: "send → ack p99",
      unit: "ms",
      values: valuesOf({ product: quantilesOf(talk.ack).p99 }),
    },
  ];
}
