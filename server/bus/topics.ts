/** The Kafka topics: made by the migrate step, checked by every instance before it starts. */
import { ConfigResourceTypes, KafkaJSProtocolError } from "kafkajs";
import type { Admin } from "kafkajs";
import pino from "pino";
import type { KafkaConfig } from "../config.ts";
import { StartError } from "../start_error.ts";
import type { BusTopic } from "./bus.ts";
import { createKafkaClient, topicName } from "./kafka_client.ts";

const MINUTE_MS = 60 * 1_000;
/** Typing and presence are stale in seconds; this is for instances that lost the brokers for a moment. */
const NOTICES_RETENTION_MS = 10 * MINUTE_MS;
/** Kafka deletes whole segments, never the one it writes to: a segment must close long before it should be gone. */
const SEGMENTS_PER_RETENTION = 4;
const SEGMENT_MIN_MS = MINUTE_MS;
/** A record holds what one commit appended to one inbox: a million characters of text at most, and the frames around them. */
const RECORD_MAX_BYTES = 10 * 1024 * 1024;

/** A topic that was just made is known to its broker within this time; until then it is asked again this often. */
const KNOWN_WITHIN_MS = 10_000;
const ASK_AGAIN_MS = 100;

export const TOPICS: readonly BusTopic[] = ["events", "notices"];

/** The topics are not as configured. The message says what is wrong and what to do. */
class TopicError extends StartError {
  override name = "TopicError";
  /** A topic is not there at all. */
  readonly missing: boolean;

  constructor(message: string, { missing = false, cause }: { missing?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.missing = missing;
  }
}

interface Found {
  partitions: number;
  replication: number;
  retentionMs: number;
  segmentMs: number;
}

/** Makes missing topics, adds partitions, sets the retention. Throws when a topic cannot be changed into what is wanted. */
export async function ensureTopics(config: KafkaConfig): Promise<void> {
  await administer(config, async (admin) => {
    for (const topic of TOPICS) {
      const found = await patiently(() => find(admin, topicName(config, topic)));
      if (found === null) await patiently(() => create(admin, { config, topic }));
      else await adapt(admin, { config, topic, found });
    }
  });
  await patiently(() => checkTopics(config));
}

/** Resolves when both topics are there as configured; throws a TopicError that names every difference otherwise. */
export async function checkTopics(config: KafkaConfig): Promise<void> {
  const found = await administer(config, (admin) =>
    Promise.all(TOPICS.map((topic) => patiently(() => find(admin, topicName(config, topic))))),
  );
  const problems = TOPICS.flatMap((topic, index) =>
    differences(config, { topic, found: found[index] ?? null }),
  );
  if (problems.length > 0) throw new TopicError(problems.join("\n"), { missing: found.includes(null) });
}

function differences(config: KafkaConfig, { topic, found }: { topic: BusTopic; found: Found | null }) {
  const name = topicName(config, topic);
  if (found === null) return [`The Kafka topic ${name} does not exist. Run \`bun run migrate\` first.`];
  const wanted = {
    ...config,
    retentionMs: retentionOf(config, topic),
    segmentMs: segmentOf(config, topic),
  };
  const names = {
    partitions: "KAFKA_PARTITIONS",
    replication: "KAFKA_REPLICATION",
    retentionMs: topic === "events" ? "KAFKA_RETENTION_MS" : "the product",
    segmentMs: "a part of the retention",
  } as const;
  return (["partitions", "replication", "retentionMs", "segmentMs"] as const)
    .filter((what) => found[what] !== wanted[what])
    .map(
      (what) =>
        `The Kafka topic ${name} has ${what} ${found[what]}, but ${names[what]} says ${wanted[what]}. Run \`bun run migrate\`, or make the two agree.`,
    );
}

async function find(admin: Admin, name: string): Promise<Found | null> {
  if (!(await admin.listTopics()).includes(name)) return null;
  const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
  const partitions = topics[0]?.partitions ?? [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames: ["retention.ms", "segment.ms"] }],
  });
  const setting = (name: string) =>
    Number(resources[0]?.configEntries.find((entry) => entry.configName === name)?.configValue);
  return {
    partitions: partitions.length,
    replication: Math.min(...partitions.map((partition) => partition.replicas.length)),
    retentionMs: setting("retention.ms"),
    segmentMs: setting("segment.ms"),
  };
}

interface Making {
  config: KafkaConfig;
  topic: BusTopic;
}

async function create(admin: Admin, { config, topic }: Making) {
  await admin.createTopics({
    waitForLeaders: true,
    topics: [
      {
        topic: topicName(config, topic),
        numPartitions: config.partitions,
        replicationFactor: config.replication,
        configEntries: settingsOf(config, topic),
      },
    ],
  });
}

/** Replication is not ours to change: it moves data between brokers. `checkTopics` will tell. */
async function adapt(admin: Admin, { config, topic, found }: Making & { found: Found }) {
  const name = topicName(config, topic);
  if (found.partitions < config.partitions) {
    await admin.createPartitions({ topicPartitions: [{ topic: name, count: config.partitions }] });
  }
  if (found.retentionMs !== retentionOf(config, topic) || found.segmentMs !== segmentOf(config, topic)) {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries: settingsOf(config, topic) }],
    });
  }
}

function settingsOf(config: KafkaConfig, topic: BusTopic) {
  const settings = {
    "cleanup.policy": "delete",
    "retention.ms": retentionOf(config, topic),
    "segment.ms": segmentOf(config, topic),
    "max.message.bytes": RECORD_MAX_BYTES,
  };
  return Object.entries(settings).map(([name, value]) => ({ name, value: String(value) }));
}

function retentionOf(config: KafkaConfig, topic: BusTopic) {
  return topic === "events" ? config.retentionMs : NOTICES_RETENTION_MS;
}

function segmentOf(config: KafkaConfig, topic: BusTopic) {
  return Math.max(SEGMENT_MIN_MS, Math.floor(retentionOf(config, topic) / SEGMENTS_PER_RETENTION));
}

function isUnknownTopic(error: unknown): boolean {
  if (error instanceof TopicError) return error.missing;
  return error instanceof KafkaJSProtocolError && error.type === "UNKNOWN_TOPIC_OR_PARTITION";
}

/** A broker says that it does not know a topic for a moment after it was made; asking again is all it takes. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnknownTopic(error) || performance.now() > giveUpAt) throw error;
      await Bun.sleep(ASK_AGAIN_MS);
    }
  }
}

/** Connects, and rejects with a sentence when no broker can be reached. */
export async function administer<T>(config: KafkaConfig, work: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = createKafkaClient(config, { clientId: config.topicPrefix, log: pino({ level: "silent" }) });
  const admin = kafka.admin();
  try {
    await admin.connect();
  } catch (cause) {
    throw new TopicError("None of the brokers in KAFKA_BROKERS can be reached.", { cause });
  }
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
