import { expect, setDefaultTimeout, test } from "bun:test";
import type { Admin, Kafka } from "kafkajs";
import { createKafkaClient, topicName } from "./kafka_client.ts";
import type { KafkaConfig } from "../config.ts";
import { quietLog } from "../testing/quiet.ts";
import { testKafka } from "../testing/services.ts";
import { oldestRecords } from "./oldest.ts";
import { checkTopics, ensureTopics } from "./topics.ts";

/** Brokers take their time on a busy machine. */
setDefaultTimeout(60_000);

test("topics that are missing are named, with what to do; then they are made", async () => {
  const config = testKafka();
  const checking = checkTopics(config);
  await expect(checking).rejects.toThrow(`topic ${config.topicPrefix}.events does not exist. Run`);
  await expect(checking).rejects.toThrow(`topic ${config.topicPrefix}.notices does not exist. Run`);
  await ensureTopics(config);
  expect(await checkTopics(config)).toBeUndefined();
});

test("making them again, by several at once, changes nothing", async () => {
  const config = testKafka();
  await Promise.all([ensureTopics(config), ensureTopics(config)]);
  await ensureTopics(config);
  expect(await checkTopics(config)).toBeUndefined();
});

test("more partitions and another retention are told by the check and brought about", async () => {
  const config = testKafka();
  await ensureTopics(config);
  const grown = { ...config, partitions: config.partitions + 2, retentionMs: config.retentionMs * 2 };
  const checking = checkTopics(grown);
  await expect(checking).rejects.toThrow("partitions 3, but KAFKA_PARTITIONS says 5");
  await expect(checking).rejects.toThrow("retentionMs 3600000, but KAFKA_RETENTION_MS says 7200000");
  await ensureTopics(grown);
  expect(await checkTopics(grown)).toBeUndefined();
});

test("segments that are kept too long, as on a topic that somebody made by hand, are put right", async () => {
  const config = testKafka();
  const name = topicName(config, "events");
  await withAdmin(config, (admin) => admin.createTopics({ topics: [{ topic: name, numPartitions: 3 }] }));
  await expect(checkTopics(config)).rejects.toThrow(`${name} has segmentMs 604800000`);
  await ensureTopics(config);
  expect(await checkTopics(config)).toBeUndefined();
});

test(
  "brokers let go of what is past the retention, though younger records follow in the same partition, and tell how old the rest is",
  async () => {
    const config = testKafka();
    await ensureTopics(config);
    const [events, notices] = [topicName(config, "events"), topicName(config, "notices")];
    const now = Date.now();
    expect(await oldestRecords(config, { now })).toEqual({ [events]: null, [notices]: null });

    const EIGHT_DAYS_MS = 8 * 24 * 60 * 60_000;
    await write(config, { topic: events, at: now - 60_000, text: "young" });
    await write(config, { topic: events, at: now - 30_000, text: "younger" });
    const oldest = (await oldestRecords(config, { now }))[events];
    expect(oldest).toBeWithin(now - 61_000, now - 59_000 + 1);

    await write(config, { topic: notices, at: now - EIGHT_DAYS_MS, text: "the text that must be gone" });
    await write(config, { topic: notices, at: now, text: "young" });
    // Brokers look around from time to time: ours every second, others by default every five minutes.
    for (;;) {
      const at = (await oldestRecords(config, { now: Date.now() }))[notices] ?? 0;
      if (at > now - EIGHT_DAYS_MS + 1_000) break;
      await Bun.sleep(200);
    }
    expect((await oldestRecords(config, { now }))[notices]).toBeWithin(now - 1_000, now + 1);
  },
  6 * 60_000,
);

test("what cannot be changed is an error: fewer partitions, more copies than there are brokers", async () => {
  const config = testKafka();
  await expect(ensureTopics({ ...config, replication: 9 })).rejects.toThrow();
  await ensureTopics(config);
  await expect(ensureTopics({ ...config, partitions: 1 })).rejects.toThrow("KAFKA_PARTITIONS says 1");
  await expect(ensureTopics({ ...config, replication: 2 })).rejects.toThrow("KAFKA_REPLICATION says 2");
});

test("no broker is one sentence", async () => {
  const checking = checkTopics({ ...testKafka(), brokers: ["127.0.0.1:1"] });
  await expect(checking).rejects.toThrow("None of the brokers in KAFKA_BROKERS can be reached");
});

async function write(config: KafkaConfig, { topic, at, text }: { topic: string; at: number; text: string }) {
  const producer = client(config).producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ partition: 0, timestamp: String(at), value: text }] });
  await producer.disconnect();
}

async function withAdmin(config: KafkaConfig, work: (admin: Admin) => Promise<unknown>) {
  const admin = client(config).admin();
  await admin.connect();
  await work(admin);
  await admin.disconnect();
}

function client(config: KafkaConfig): Kafka {
  return createKafkaClient(config, { clientId: "test", log: quietLog });
}
