/**
 * Receiving from Kafka. Every instance wants every record, so it is a consumer group of its own, which is the only way
 * kafkajs can read. The positions are kept here, not in Kafka: they are fixed at the newest record before the group is
 * joined, move with what was handed over, and are taken up again at every join. So nothing that was published after
 * `subscribe` began is missed or, but for the batch in hand, repeated, however often the group is left and joined again;
 * and an instance that is gone leaves nothing behind in Kafka.
 */
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../config.ts";
import type { BusRecord, BusTopic } from "./bus.ts";
import { topicName } from "./kafka_client.ts";
import { within } from "../within.ts";

/** A fetch returns at once when there is something, else after this: how soon silence is noticed. */
const FETCH_WAIT_MS = 1_000;
/** The fetches have stopped when none came back for so long. */
const STALLED_AFTER_MS = 3_500;
const SUBSCRIBE_WITHIN_MS = 60_000;
const RUN_AGAIN_MS = 2_000;

export interface KafkaConsumer {
  subscribe(receive: (record: BusRecord) => void): Promise<void>;
  /** True while fetches come back, and before `subscribe`. */
  fetching(): boolean;
  close(): Promise<void>;
}

export interface KafkaConsumerOptions {
  config: KafkaConfig;
  /** Id of the consumer group; nobody else's. */
  groupId: string;
  log: Logger;
}

export function createKafkaConsumer(
  kafka: Kafka,
  { config, groupId, log }: KafkaConsumerOptions,
): KafkaConsumer {
  const topics = new Map<string, BusTopic>([
    [topicName(config, "events"), "events"],
    [topicName(config, "notices"), "notices"],
  ]);
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: FETCH_WAIT_MS, allowAutoTopicCreation: false });
  /** Offset to read next, by "topic/partition". */
  const positions = new Map<string, bigint>();
  let fetchedAt: number | null = null;
  let closed = false;

  function takeBatch({ batch, isStale }: EachBatchPayload, receive: (record: BusRecord) => void) {
    const topic = topics.get(batch.topic);
    if (topic === undefined || isStale()) return;
    for (const message of batch.messages) {
      try {
        receive(toRecord(topic, message));
      } catch (error) {
        log.error({ err: error, topic }, "a bus record could not be handled");
      }
    }
    positions.set(keyOf(batch.topic, batch.partition), BigInt(batch.lastOffset()) + 1n);
  }

  async function run(receive: (record: BusRecord) => void) {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics.keys()] });
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => takeBatch(payload, receive) });
  }

  /** kafkajs starts again by itself after most failures, but not after all. */
  async function runAgain(receive: (record: BusRecord) => void) {
    while (!closed) {
      await Bun.sleep(RUN_AGAIN_MS);
      try {
        if (!closed) await run(receive);
        return;
      } catch (error) {
        log.error({ err: error }, "receiving from the bus did not start again");
      }
    }
  }

  return {
    async subscribe(receive) {
      for (const [key, offset] of await newestOffsets(kafka, [...topics.keys()])) positions.set(key, offset);
      const { promise: joined, resolve } = Promise.withResolvers<void>();
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        takeUp(consumer, { assignment: payload.memberAssignment, positions });
        fetchedAt = Date.now();
        resolve();
      });
      consumer.on(consumer.events.FETCH, () => void (fetchedAt = Date.now()));
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (payload.restart) return;
        log.error({ err: payload.error }, "receiving from the bus failed; it will be started again");
        void runAgain(receive);
      });
      await run(receive);
      await within(SUBSCRIBE_WITHIN_MS, joined);
    },
    fetching: () => fetchedAt === null || Date.now() - fetchedAt < STALLED_AFTER_MS,
    async close() {
      closed = true;
      await consumer.disconnect();
    },
  };
}

/** Goes on where the positions are. A partition without one was added since: all of it is new. */
function takeUp(consumer: Consumer, { assignment, positions }: TakeUpOptions) {
  for (const [topic, partitions] of Object.entries(assignment)) {
    for (const partition of partitions) {
      const offset = positions.get(keyOf(topic, partition)) ?? 0n;
      consumer.seek({ topic, partition, offset: String(offset) });
    }
  }
}

interface TakeUpOptions {
  assignment: Record<string, number[]>;
  positions: Map<string, bigint>;
}

async function newestOffsets(kafka: Kafka, topics: string[]) {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const found = await Promise.all(
      topics.map(async (topic) => ({ topic, partitions: await admin.fetchTopicOffsets(topic) })),
    );
    return found.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, high }) => [keyOf(topic, partition), BigInt(high)] as const),
    );
  } finally {
    await admin.disconnect();
  }
}

function keyOf(topic: string, partition: number) {
  return `${topic}/${partition}`;
}

/** A newer instance may publish kinds that are unknown here: receivers pass over them. */
function toRecord(topic: BusTopic, { key, value, headers }: KafkaMessage): BusRecord {
  return {
    topic,
    key: String(key ?? ""),
    origin: String(headers?.["origin"] ?? ""),
    kind: String(headers?.["kind"] ?? "") as BusRecord["kind"],
    body: String(value ?? ""),
  };
}
