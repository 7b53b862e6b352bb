/** One Kafka broker (KRaft: broker and controller in one process) from jars that Maven fetches, small in memory. */
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { type Launched, startDaemon } from "./daemon.ts";
import { Missing } from "./missing.ts";
import { CACHE } from "./paths.ts";
import { freePort } from "./ports.ts";
import { run } from "./run.ts";

/** Debian packages that bring Maven and a Java to run it and the broker. */
export const KAFKA_PACKAGES = ["maven", "default-jre-headless"];

const JARS = join(CACHE, "kafka-4.3.1");
const JAVA_FLAGS = [
  "-Xms192m",
  "-Xmx384m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  `-Dlog4j2.configurationFile=${join(import.meta.dir, "kafka/log4j2.properties")}`,
];

/** True when the broker could be started without installing anything. */
export function kafkaAtHand(): boolean {
  return Bun.which("java") !== null && (Bun.which("mvn") !== null || haveJars());
}

/** Another way to the broker: it listens on `port`, and tells clients that came there to go on by `advertised`. */
export interface SideDoor {
  port: number;
  advertised: number;
}

/** Starts a broker on a loopback port and returns its `host:port`. */
export async function startKafka(cleanup: Cleanup): Promise<string> {
  return (await launchKafka(cleanup)).url;
}

export async function launchKafka(cleanup: Cleanup, sideDoors: SideDoor[] = []): Promise<Launched> {
  if (!kafkaAtHand()) {
    throw new Missing(
      "There is no Kafka: install Maven and Java 17 or later, which fetch and run it (Debian: apt-get install maven " +
        "default-jre-headless), run a Docker engine, or name brokers in TEST_KAFKA_BROKERS.",
    );
  }
  if (!haveJars()) await fetchJars(cleanup);

  const folder = join(cleanup.folder, "kafka");
  await mkdir(folder);
  const [port, controllerPort] = [await freePort(), await freePort()];
  const properties = join(folder, "server.properties");
  await Bun.write(properties, settings(folder, { port, controllerPort, sideDoors }));
  const java = ["java", ...JAVA_FLAGS, "-cp", join(JARS, "*")];
  await run([...java, "kafka.tools.StorageTool", "format", "-t", clusterId(), "-c", properties], { cleanup });
  const daemon = await startDaemon(cleanup, {
    name: "kafka",
    command: [...java, "kafka.Kafka", properties],
    ready: /Kafka Server started/,
    signal: "SIGKILL",
  });
  return { url: `127.0.0.1:${port}`, daemon };
}

function settings(
  folder: string,
  { port, controllerPort, sideDoors }: { port: number; controllerPort: number; sideDoors: SideDoor[] },
): string {
  const sides = sideDoors.map(({ port, advertised }, index) => ({ name: `SIDE${index}`, port, advertised }));
  const values = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": list(
      "PLAINTEXT:PLAINTEXT",
      "CONTROLLER:PLAINTEXT",
      ...sides.map(({ name }) => `${name}:PLAINTEXT`),
    ),
    listeners: list(
      `PLAINTEXT://127.0.0.1:${port}`,
      `CONTROLLER://127.0.0.1:${controllerPort}`,
      ...sides.map((side) => `${side.name}://127.0.0.1:${side.port}`),
    ),
    "advertised.listeners": list(
      `PLAINTEXT://127.0.0.1:${port}`,
      ...sides.map((side) => `${side.name}://127.0.0.1:${side.advertised}`),
    ),
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": join(folder, "logs"),
    // One node: whatever is replicated by default has but one place to be.
    "offsets.topic.num.partitions": 1,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.num.partitions": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "min.insync.replicas": 1,
    // Otherwise every join of a consumer group waits three seconds for company.
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1_000,
    // A missing topic must be an error, as in production.
    "auto.create.topics.enable": false,
    "num.network.threads": 2,
    "num.io.threads": 2,
    "log.cleaner.dedupe.buffer.size": 33_554_432,
    // A test waits until a record that is too old is gone.
    "log.retention.check.interval.ms": 1_000,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** A random UUID in the form Kafka wants: 22 characters of URL-safe base64, not beginning with a dash. */
function clusterId(): string {
  const id = Buffer.from(crypto.randomUUID().replaceAll("-", ""), "hex").toString("base64url");
  return id.startsWith("-") ? clusterId() : id;
}

function haveJars(): boolean {
  return existsSync(JARS);
}

/** Into a folder beside the final one, which so either has all jars or does not exist. */
async function fetchJars(cleanup: Cleanup): Promise<void> {
  const partial = `${JARS}.${process.pid}.partial`;
  const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${partial}`];
  await run(["mvn", "-q", "-B", "-f", join(import.meta.dir, "kafka/pom.xml"), ...goal], { cleanup });
  await rm(JARS, { recursive: true, force: true });
  await rename(partial, JARS);
}

function list(...parts: string[]): string {
  return parts.join(",");
}
