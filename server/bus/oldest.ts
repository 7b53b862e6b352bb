/** When the oldest record that the brokers still hold was written: what a purge reports, since it is the brokers who delete. */
import type { Admin } from "kafkajs";
import type { EpochMs } from "#protocol/ids.ts";
import type { KafkaConfig } from "../config.ts";
import { topicName } from "./kafka_client.ts";
import { administer, TOPICS } from "./topics.ts";

/** To a second: it is found by halving. */
const EXACT_MS = 1_000;

/** By the full name of each topic; null when it holds nothing. */
export function oldestRecords(
  config: KafkaConfig,
  { now }: { now: EpochMs },
): Promise<Record<string, EpochMs | null>> {
  return administer(config, async (admin) => {
    const found: [string, EpochMs | null][] = [];
    for (const topic of TOPICS) {
      const name = topicName(config, topic);
      found.push([name, await oldestRecord(admin, { name, now })]);
    }
    return Object.fromEntries(found);
  });
}

/** Brokers tell the first record that is not older than a moment. The moments for which that is the very first end at its own. */
async function oldestRecord(admin: Admin, { name, now }: { name: string; now: EpochMs }) {
  const firsts = new Map<number, string>();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(name)) {
    if (low !== high) firsts.set(partition, low);
  }
  if (firsts.size === 0) return null;

  async function noneBefore(moment: EpochMs): Promise<boolean> {
    const offsets = await admin.fetchTopicOffsetsByTimestamp(name, moment);
    return offsets.every(({ partition, offset }) => (firsts.get(partition) ?? offset) === offset);
  }

  let since = 0;
  let until = now + EXACT_MS;
  while (until - since > EXACT_MS) {
    const middle = Math.floor((since + until) / 2);
    if (await noneBefore(middle)) since = middle;
    else until = middle;
  }
  return since;
}
