/** The bus of many instances: two Kafka topics. What kafkajs cannot do well is in the files beside this one. */
import { Partitioners } from "kafkajs";
import type { ISocketFactory, Producer } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../config.ts";
import { StartError } from "../start_error.ts";
import type { Bus, BusRecord } from "./bus.ts";
import { createKafkaClient, topicName } from "./kafka_client.ts";
import { createKafkaConsumer } from "./kafka_consumer.ts";
import { createKafkaGroup } from "./kafka_group.ts";
import { byPartition, pack } from "./packing.ts";
import { createPublishQueue } from "./publish_queue.ts";

const ALL_REPLICAS = -1;
const WRITE_TIMEOUT_MS = 5_000;
/** A failed send makes the bus count as out of reach for so long, unless one succeeds. */
const DOUBT_MS = 2_000;

export interface KafkaBusOptions {
  /** Id of this instance. */
  instance: string;
  log: Logger;
  /** For networks that need sockets of another make. */
  socketFactory?: ISocketFactory;
}

/** Connects; rejects with a sentence when no broker can be reached. The topics must exist (`ensureTopics`). */
export async function connectKafkaBus(config: KafkaConfig, options: KafkaBusOptions): Promise<Bus> {
  const { instance, log, socketFactory } = options;
  const clientId = `${config.topicPrefix}.${instance}`;
  const kafka = createKafkaClient(config, { clientId, log, ...(socketFactory && { socketFactory }) });
  const consumer = createKafkaConsumer(kafka, { config, groupPrefix: clientId, log });
  const member = createKafkaGroup(kafka, { config, log });
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  try {
    await producer.connect();
  } catch (cause) {
    throw new StartError("None of the brokers in KAFKA_BROKERS can be reached.", { cause });
  }

  let failedAt = 0;
  const publish = createPublishQueue(async (records) => {
    try {
      await send(producer, { config, records });
      failedAt = 0;
    } catch (error) {
      failedAt = Date.now();
      throw error;
    }
  });
  let subscribed = false;
  let consuming = false;
  return {
    publish,
    async subscribe(receive) {
      if (subscribed) throw new Error("this bus is subscribed already");
      subscribed = true;
      await consumer.subscribe(receive);
    },
    async consume(group, handle) {
      if (consuming) throw new Error("this bus consumes already");
      consuming = true;
      await member.consume(group, handle);
    },
    healthy: () => consumer.fetching() && Date.now() - failedAt > DOUBT_MS,
    async close() {
      await Promise.all([consumer.close(), member.close(), producer.disconnect()]);
    },
  };
}

interface Sending {
  config: KafkaConfig;
  records: readonly BusRecord[];
}

async function send(producer: Producer, { config, records }: Sending) {
  const topicMessages = [...Map.groupBy(records, (record) => record.topic)].map(([topic, own]) => ({
    topic: topicName(config, topic),
    messages: [...byPartition(own, config)].map(([partition, packed]) => ({
      partition,
      value: pack(packed),
    })),
  }));
  await producer.sendBatch({ acks: ALL_REPLICAS, timeout: WRITE_TIMEOUT_MS, topicMessages });
}
