/**
 * Receiving from Kafka. Every instance wants every record, so it reads as a consumer group of its own, which is the only way
 * kafkajs can read. The positions are kept here, not in Kafka: they are fixed at the newest record before the first join,
 * move with what was handed over, and are taken up again at every join. So nothing that was published after `subscribe`
 * began is missed or, but for the batch in hand, repeated, however often a group is left. When kafkajs gives up, the next
 * try is a new group: in the old one it would have to wait until its own ghost is declared dead. A group that nobody
 * committed to leaves nothing behind.
 */
import type { Consumer, EachBatchPayload, Kafka } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../config.ts";
import type { BusTopic, Receive } from "./bus.ts";
import { topicName } from "./kafka_client.ts";
import { unpack } from "./packing.ts";
import { within } from "../within.ts";

/** A fetch returns at once when there is something, else after this: how soon silence is noticed. */
const FETCH_WAIT_MS = 500;
/** The fetches have stopped when none came back for so long. */
const STALLED_AFTER_MS = 2_500;
const SUBSCRIBE_WITHIN_MS = 60_000;
const READ_AGAIN_MS = 1_000;

export interface KafkaConsumer {
  subscribe(receive: Receive): Promise<void>;
  /** True while fetches come back, and before `subscribe`. */
  fetching(): boolean;
  close(): Promise<void>;
}

export interface KafkaConsumerOptions {
  config: KafkaConfig;
  /** Begins the names of the consumer groups. */
  groupPrefix: string;
  log: Logger;
}

export function createKafkaConsumer(kafka: Kafka, options: KafkaConsumerOptions): KafkaConsumer {
  const { config, groupPrefix, log } = options;
  const topics = new Map<string, BusTopic>([
    [topicName(config, "events"), "events"],
    [topicName(config, "notices"), "notices"],
  ]);
  /** Offset to read next, by "topic/partition". */
  const positions = new Map<string, bigint>();
  const firstJoin = Promise.withResolvers<void>();
  let fetchedAt: number | null = null;
  let current: Consumer | null = null;
  let closed = false;

  function takeBatch({ batch, isStale }: EachBatchPayload, receive: Receive) {
    const topic = topics.get(batch.topic);
    if (topic === undefined || isStale()) return;
    for (const { value, timestamp } of batch.messages) {
      attempt(topic, () => {
        for (const record of unpack(topic, String(value ?? ""))) {
          attempt(topic, () => receive(record, Number(timestamp)));
        }
      });
    }
    positions.set(keyOf(batch.topic, batch.partition), BigInt(batch.lastOffset()) + 1n);
  }

  /** The next record is not to suffer for one that cannot be read or handled. */
  function attempt(topic: BusTopic, work: () => void): void {
    try {
      work();
    } catch (error) {
      log.error({ err: error, topic }, "a bus record could not be handled");
    }
  }

  /** Reads in a new group; resolves with the reason when kafkajs has given up. */
  async function read(receive: Receive): Promise<Error> {
    const consumer = kafka.consumer({
      groupId: `${groupPrefix}.${crypto.randomUUID()}`,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    current = consumer;
    const crash = Promise.withResolvers<Error>();
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      takeUp(consumer, { assignment: payload.memberAssignment, positions });
      fetchedAt = Date.now();
      firstJoin.resolve();
    });
    consumer.on(consumer.events.FETCH, () => void (fetchedAt = Date.now()));
    consumer.on(consumer.events.CRASH, ({ payload }) => crash.resolve(payload.error));
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics.keys()] });
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => takeBatch(payload, receive) });
    if (closed) await consumer.disconnect();
    return crash.promise;
  }

  async function keepReading(receive: Receive) {
    while (!closed) {
      const reason = await read(receive).catch((error: unknown) => error);
      log.debug({ err: reason }, "reading from the bus broke off; it will be tried again");
      await Bun.sleep(READ_AGAIN_MS);
    }
  }

  return {
    async subscribe(receive) {
      for (const [key, offset] of await newestOffsets(kafka, [...topics.keys()])) positions.set(key, offset);
      void keepReading(receive);
      await within(SUBSCRIBE_WITHIN_MS, firstJoin.promise);
    },
    fetching: () => fetchedAt === null || Date.now() - fetchedAt < STALLED_AFTER_MS,
    async close() {
      closed = true;
      await current?.disconnect();
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
