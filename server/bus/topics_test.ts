import { expect, setDefaultTimeout, test } from "bun:test";
import { testKafka } from "../testing/services.ts";
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
