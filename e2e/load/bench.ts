/** What is measured, running: the services, the instances of the product, and the two floors beside them. */
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { startServices } from "../../infra/gate/services.ts";
import type { Cleanup } from "../../infra/gate/cleanup.ts";
import { launchPostgres } from "../../infra/gate/postgres.ts";
import { freePort } from "../../infra/gate/ports.ts";
import { emptyRedis, freshDatabase, topicPrefix } from "../stack/borrowed.ts";
import { GENEROUS } from "../stack/limits.ts";
import { type Program, runProgram, startProgram } from "../stack/program.ts";
import type { Plan } from "./arguments.ts";
import { layoutHere, pin } from "./cores.ts";
import { openDatabase, type Database } from "./database.ts";
import { listenerOn, treeOf } from "./processes.ts";

const PARTITIONS = "4";
const KEY_BYTES = 32;
/** Makes a program collect its garbage when it is asked to (collect.ts). */
const COLLECTING = ["--preload", "./e2e/load/collect.ts"];
/** Far above what any scenario sends; the product's own pace has a scenario of its own. */
const NO_PACE = { SEND_BURST: "1000000", SENDS_PER_SECOND: "1000000" };

/** `bystander`: instances that hold nobody. */
export type Group = "server" | "bystander" | "postgres" | "redis" | "kafka" | "relay" | "persisting";

export interface Bench {
  /** Origins of the instances. People are spread over them. */
  urls: string[];
  relayUrl: string;
  persistingUrl: string;
  /** Answers caught mails as JSON. */
  mailbox: string;
  /** Environment of the instances, for programs that reach the same data. */
  env: Record<string, string>;
  database: Database;
  /** Processes of each part now; a part that the stack has not got is missing. */
  processes(): Map<Group, number[]>;
  /** Starts the instances and the relay again, the instances at the product's own pace or without. */
  restart(options: { paced: boolean }): Promise<void>;
  stop(): Promise<void>;
}

export async function startBench(plan: Plan, cleanup: Cleanup): Promise<Bench> {
  await using undo = new AsyncDisposableStack();
  const layout = layoutHere({ servers: plan.instances + plan.bystanders });
  const { env, servicePorts } = plan.stack === "full" ? await borrow(undo, cleanup) : embed(cleanup);
  const mailbox = await startMailbox(undo, env);
  const ports = await Promise.all(Array.from({ length: plan.instances + plan.bystanders }, freePort));
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  const urls = origins.slice(0, plan.instances);
  if (plan.stack === "full")
    await runProgram(["server/main.ts", "migrate"], { ...env, ...originOf(urls[0]) });

  const profiling = plan.profile
    ? ["--cpu-prof", "--cpu-prof-md", `--cpu-prof-dir=${resolve(plan.report)}`]
    : [];
  let instances: Program[] = [];
  async function start({ paced }: { paced: boolean }): Promise<void> {
    for (const [index, port] of ports.entries()) {
      const pace = paced ? {} : NO_PACE;
      const program = await startProgram({
        name: `load-instance-${index + 1}`,
        args: [...COLLECTING, ...profiling, "server/main.ts", "serve"],
        env: { ...env, ...pace, ...originOf(origins[index]), PORT: String(port) },
        readyUrl: `${origins[index]}/health/ready`,
      });
      instances.push(program);
      pin(treeOf(ownerOf(port)), layout.server);
    }
  }
  async function stopInstances(): Promise<void> {
    const stopping = instances;
    instances = [];
    for (const program of stopping) await program.stop();
  }
  undo.defer(stopInstances);
  await start({ paced: false });
  for (const [group, port] of servicePorts) {
    pin(treeOf(ownerOf(port)), group === "postgres" ? layout.database : layout.services);
  }

  const database = await openDatabase(env);
  undo.defer(() => database.close());
  const stored = { DATABASE_URL: database.url, DATABASE_SOCKET: database.socket ?? "" };
  const relay = await startFloor({ name: "load-floor-relay", env: {}, cores: layout.server });
  undo.defer(() => relay.stop());
  const persisting = await startFloor({ name: "load-floor-persisting", env: stored, cores: layout.server });
  undo.defer(() => persisting.stop());
  pin([process.pid], layout.clients);

  const running = undo.move();
  return {
    urls,
    relayUrl: relay.url,
    persistingUrl: persisting.url,
    mailbox: mailbox ?? `${urls[0]}/dev/mail.json`,
    env: { ...env, ...originOf(urls[0]) },
    database,
    processes() {
      const all = ports.map(ownerOf);
      const servers = all.slice(0, plan.instances);
      const groups = new Map<Group, number[]>([["server", servers]]);
      if (plan.bystanders > 0) groups.set("bystander", all.slice(plan.instances));
      groups.set("relay", [ownerOf(relay.port)]).set("persisting", [ownerOf(persisting.port)]);
      for (const [group, port] of servicePorts) groups.set(group, treeOf(ownerOf(port)));
      // Embedded, Postgres is all that the server has started.
      if (plan.stack === "embedded")
        groups.set(
          "postgres",
          servers.flatMap((pid) => treeOf(pid).slice(1)),
        );
      return groups;
    },
    async restart(options) {
      await stopInstances();
      await start(options);
      await relay.restart();
    },
    stop: () => running.disposeAsync(),
  };
}

interface Ground {
  env: Record<string, string>;
  /** Where the services that are processes of their own listen. */
  servicePorts: Map<Group, number>;
}

function embed(cleanup: Cleanup): Ground {
  const env = {
    ...GENEROUS,
    HOST: "127.0.0.1",
    DATA_DIR: join(cleanup.folder, "data"),
    DEMO: "false",
    LOG_LEVEL: "warn",
  };
  return { env, servicePorts: new Map() };
}

async function borrow(undo: AsyncDisposableStack, cleanup: Cleanup): Promise<Ground> {
  const { env: found } = await startServices(cleanup, ["redis", "kafka"]);
  const { TEST_REDIS_URL = "", TEST_KAFKA_BROKERS = "" } = found;
  // The tests' Postgres does not wait for its disk; what a commit costs is what is measured here.
  const postgresUrl =
    process.env["TEST_DATABASE_URL"] || (await launchPostgres(cleanup, { durable: true })).url;
  const database = undo.use(await freshDatabase(postgresUrl));
  const redis = undo.use(await emptyRedis(TEST_REDIS_URL));
  const topics = undo.use(topicPrefix(TEST_KAFKA_BROKERS));
  const env = {
    ...GENEROUS,
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    LOG_LEVEL: "warn",
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    KAFKA_BROKERS: topics.brokers,
    KAFKA_TOPIC_PREFIX: topics.prefix,
    KAFKA_PARTITIONS: PARTITIONS,
    PARLEY_KEYS: `k1:${randomBytes(KEY_BYTES).toString("base64")}`,
  };
  const servicePorts = new Map<Group, number>([
    ["postgres", portOf(postgresUrl)],
    ["redis", portOf(TEST_REDIS_URL)],
    ["kafka", portOf(`kafka://${TEST_KAFKA_BROKERS}`)],
  ]);
  return { env, servicePorts };
}

/** A mailbox of its own for the full stack, and its URL; embedded, the server has one. Adds SMTP_URL. */
async function startMailbox(undo: AsyncDisposableStack, env: Record<string, string>): Promise<string | null> {
  if (env["DATABASE_URL"] === undefined) return null;
  const [smtp, http] = [String(await freePort()), String(await freePort())];
  const readyUrl = `http://127.0.0.1:${http}/dev/mail.json`;
  const args = ["server/mail/catch.ts", "--smtp", smtp, "--http", http];
  const program = await startProgram({ name: "load-mail", args, env: {}, readyUrl });
  undo.defer(() => program.stop());
  env["SMTP_URL"] = `smtp://127.0.0.1:${smtp}`;
  return readyUrl;
}

interface Floor {
  url: string;
  port: number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

async function startFloor(floor: {
  name: string;
  env: Record<string, string>;
  cores: string | null;
}): Promise<Floor> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  async function start(): Promise<Program> {
    const env = { ...floor.env, PORT: String(port) };
    const args = [...COLLECTING, "e2e/load/floor.ts"];
    const program = await startProgram({ name: floor.name, args, env, readyUrl: url });
    pin(treeOf(ownerOf(port)), floor.cores);
    return program;
  }
  let program = await start();
  return {
    url,
    port,
    async restart() {
      await program.stop();
      program = await start();
    },
    stop: () => program.stop(),
  };
}

function originOf(url = ""): Record<string, string> {
  return { PUBLIC_ORIGIN: url };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function ownerOf(port: number): number {
  const pid = listenerOn(port);
  if (pid === null) throw new Error(`nobody that may be looked at listens on port ${port}`);
  return pid;
}
