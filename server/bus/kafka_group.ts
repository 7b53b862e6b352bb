/**
 * Handling Kafka's records together with others: one consumer group whose positions are kept in Kafka and move only past what
 * was handled, so that whoever takes over a partition begins with what its last reader left undone. The records of a batch
 * are handled side by side, those of one key one after another.
 */
import type { Consumer, EachBatchPayload, Kafka } from "kafkajs";
import type { Logger } from "pino";
import type { EpochMs } from "#protocol/ids.ts";
import type { KafkaConfig } from "../config.ts";
import type { BusRecord, Handle } from "./bus.ts";
import { topicName } from "./kafka_client.ts";
import { unpack } from "./packing.ts";
import { within } from "../within.ts";

/**
 * Records wait so long for others, unless there are this many bytes: who handles them is in no hurry, and each fetch, each look
 * for what a record is about and each commit of a position is then for many.
 */
const FETCH_WAIT_MS = 500;
const FETCH_MIN_BYTES = 256 * 1024;
/** The group must hear from a member that handles a long batch, or it gives the partitions to another. */
const HEARTBEAT_EVERY_MS = 2_000;
const JOIN_WITHIN_MS = 60_000;
const READ_AGAIN_MS = 1_000;

export interface KafkaGroup {
  consume(group: string, handle: Handle): Promise<void>;
  close(): Promise<void>;
}

export function createKafkaGroup(
  kafka: Kafka,
  { config, log }: { config: KafkaConfig; log: Logger },
): KafkaGroup {
  const topic = topicName(config, "events");
  const firstJoin = Promise.withResolvers<void>();
  let current: Consumer | null = null;
  const closing = Promise.withResolvers<void>();
  let closed = false;

  async function takeBatch(payload: EachBatchPayload, handle: Handle): Promise<void> {
    const { batch, heartbeat, isStale, resolveOffset, commitOffsetsIfNecessary } = payload;
    const beat = setInterval(() => void heartbeat().catch(noted), HEARTBEAT_EVERY_MS);
    try {
      await Promise.all(
        Map.groupBy(batch.messages.flatMap(recordsIn), ({ record }) => record.key)
          .values()
          .map((own) => handleInOrder(own, handle)),
      );
    } finally {
      clearInterval(beat);
    }
    // What was handled while this group has gone on without us, or after the end, is another's by now: handled twice, lost never.
    if (isStale() || closed) return;
    resolveOffset(batch.lastOffset());
    await commitOffsetsIfNecessary();
  }

  function recordsIn({ value, timestamp }: { value: Buffer | null; timestamp: string }) {
    try {
      return unpack("events", String(value ?? "")).map((record) => ({
        record,
        publishedAt: Number(timestamp),
      }));
    } catch (error) {
      log.error({ err: error, topic }, "a bus record could not be read");
      return [];
    }
  }

  async function handleInOrder(
    own: { record: BusRecord; publishedAt: EpochMs }[],
    handle: Handle,
  ): Promise<void> {
    for (const { record, publishedAt } of own) {
      if (closed) return;
      try {
        // What takes long is not waited for at the end: another will handle it.
        await Promise.race([handle(record, publishedAt), closing.promise]);
      } catch (error) {
        log.error({ err: error, kind: record.kind }, "a bus record could not be handled");
      }
    }
  }

  /** A heartbeat that fails means that the group has gone on; the batch ends as stale. */
  function noted(error: unknown): void {
    log.debug({ err: error }, "a heartbeat to the group failed");
  }

  /** Reads as a member of the group; resolves with the reason when kafkajs has given up. */
  async function read(group: string, handle: Handle): Promise<Error> {
    const consumer = kafka.consumer({
      groupId: `${config.topicPrefix}.${group}`,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      minBytes: FETCH_MIN_BYTES,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    current = consumer;
    const crash = Promise.withResolvers<Error>();
    consumer.on(consumer.events.GROUP_JOIN, () => firstJoin.resolve());
    consumer.on(consumer.events.CRASH, ({ payload }) => crash.resolve(payload.error));
    await consumer.connect();
    // Until something was handled no position is kept, and whoever takes over must not begin at the end.
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      eachBatch: (payload) => takeBatch(payload, handle),
    });
    if (closed) await consumer.disconnect();
    return crash.promise;
  }

  async function keepReading(group: string, handle: Handle): Promise<void> {
    while (!closed) {
      const reason = await read(group, handle).catch((error: unknown) => error);
      log.debug({ err: reason }, "reading as a group broke off; it will be tried again");
      await current?.disconnect().catch(noted);
      await Bun.sleep(READ_AGAIN_MS);
    }
  }

  return {
    async consume(group, handle) {
      void keepReading(group, handle);
      await within(JOIN_WITHIN_MS, firstJoin.promise);
    },
    async close() {
      closed = true;
      closing.resolve();
      await current?.disconnect();
    },
  };
}
