/**
 * The one place that chooses adapters and wires the parts. Embedded or full is decided here, by what the configuration
 * names, and nowhere else: past this file everything is one code path.
 */
import { join } from "node:path";
import type { Logger } from "pino";
import { seedDemo } from "./admin/demo.ts";
import type { Adapters } from "./adapters.ts";
import { createKeys } from "./auth/keys.ts";
import { loadOrMakeKeys } from "./auth/keys_file.ts";
import type { Bus } from "./bus/bus.ts";
import { createMemoryHub } from "./bus/memory.ts";
import { systemClock } from "./clock.ts";
import type { Config, KafkaConfig } from "./config.ts";
import { connect } from "./db/connect.ts";
import type { Db } from "./db/connect.ts";
import { createDoors } from "./doors.ts";
import { createParts } from "./parts.ts";
import { openEmbeddedPostgres } from "./db/embedded.ts";
import { checkSchema, migrate } from "./db/migrate.ts";
import { startCatcher } from "./mail/catcher.ts";
import { createMailer } from "./mail/mailer.ts";
import { createLog, hearWarnings } from "./log.ts";
import { openMetricsDoor } from "./metrics/door.ts";
import { createMetrics } from "./metrics/metrics.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { openNotifier } from "./push/open.ts";
import { loadOrMakeVapidKey, vapidOf } from "./push/vapid.ts";
import type { Vapid } from "./push/vapid.ts";
import { makePartitions } from "./retention/partitions.ts";
import { lastPurgeAt, purge } from "./retention/purge.ts";
import { startRetention } from "./retention/schedule.ts";
import { StartError } from "./start_error.ts";
import type { Store } from "./store/store.ts";
import { shelveFolder } from "./web/shelf.ts";

const POOL_MAX = 12;

export interface App {
  /** Where it listens. */
  url: string;
  /** Where its metrics are; null when `METRICS_PORT` opens no door for them. */
  metricsUrl: string | null;
  chosen: Adapters["chosen"];
  /** Every route that it answers, for whoever wants to hold them all to something. */
  routes: readonly { method: string; path: string }[];
  /** Drains, then stops everything. Idempotent. */
  stop(): Promise<void>;
}

/** Opens Postgres alone, embedded or by URL, with its days made; embedded, the schema is brought up to date by itself. */
export async function openDatabase(
  config: Config,
  opening: Opening,
): Promise<Pick<Adapters, "db" | "writes">> {
  const url = config.databaseUrl ?? (await openEmbedded(config, opening));
  const db = closeWith(opening.stack, connect(url, { maxConnections: POOL_MAX }));
  const writes = closeWith(opening.stack, connect(url, { maxConnections: 1 }));
  if (config.databaseUrl === null) await migrate(db);
  else await greet(db);
  return { db, writes };
}

async function greet(db: Db): Promise<void> {
  try {
    await db`select 1`;
  } catch (cause) {
    throw new StartError("Postgres at DATABASE_URL cannot be used.", { cause });
  }
}

async function openEmbedded({ dataDir }: Config, { log, stack }: Opening): Promise<string> {
  const embedded = await openEmbeddedPostgres({ dataDir, log });
  stack.defer(() => embedded.close());
  return embedded.url;
}

export interface Opening {
  log: Logger;
  stack: AsyncDisposableStack;
  instance: string;
}

function closeWith(stack: AsyncDisposableStack, db: Db): Db {
  stack.defer(() => db.end({ timeout: 5 }));
  return db;
}

export async function openStore(config: Config, { log, stack }: Opening): Promise<Store> {
  const store = await chooseStore(config, log);
  stack.defer(() => store.close());
  return store;
}

/** Clients are loaded by whoever needs them: they are most of what a command takes to start. */
async function chooseStore({ redisUrl, dataDir }: Config, log: Logger): Promise<Store> {
  if (redisUrl === null) {
    const { createSqliteStore } = await import("./store/sqlite.ts");
    return createSqliteStore(join(dataDir, "store.sqlite"), { clock: systemClock });
  }
  const { connectRedisStore } = await import("./store/redis.ts");
  return connectRedisStore(redisUrl, { prefix: "parley:", log });
}

export async function openBus(config: Config, { log, stack, instance }: Opening): Promise<Bus> {
  const bus =
    config.kafka === null
      ? createMemoryHub({ log }).join()
      : await openKafkaBus(config.kafka, { instance, log });
  stack.defer(() => bus.close());
  return bus;
}

async function openKafkaBus(kafka: KafkaConfig, options: { instance: string; log: Logger }): Promise<Bus> {
  const { checkTopics } = await import("./bus/topics.ts");
  await checkTopics(kafka);
  const { connectKafkaBus } = await import("./bus/kafka.ts");
  return connectKafkaBus(kafka, options);
}

/** Mail always goes over SMTP; embedded, to a catcher in this process that shows it. */
async function openMail(
  config: Config,
  { log, stack }: Opening,
): Promise<Pick<Adapters, "mailer" | "catcher">> {
  const catcher = config.smtpUrl === null ? await startCatcher() : null;
  if (catcher !== null) stack.defer(() => catcher.close());
  const smtpUrl = config.smtpUrl ?? catcher?.smtpUrl ?? "";
  const mailer = createMailer({ smtpUrl, from: config.mailFrom, log });
  stack.defer(() => mailer.close());
  return { mailer, catcher };
}

/** Embedded, the key for notifications is made once; else there are none without one. */
export async function openVapid({ push, databaseUrl, dataDir }: Config): Promise<Vapid | null> {
  const key = push.vapidKey ?? (databaseUrl === null ? await loadOrMakeVapidKey(dataDir) : null);
  return key === null ? null : vapidOf(key, push.subject);
}

async function openAdapters(config: Config, opening: Opening): Promise<Adapters> {
  const keys = createKeys(config.keys ?? (await loadOrMakeKeys(config.dataDir)));
  const { db, writes } = await openDatabase(config, opening);
  await checkSchema(db);
  const store = await openStore(config, opening);
  const bus = await openBus(config, opening);
  const mail = await openMail(config, opening);
  const vapid = await openVapid(config);
  const chosen = {
    postgres: config.databaseUrl === null ? "embedded" : "DATABASE_URL",
    store: config.redisUrl === null ? "embedded" : "REDIS_URL",
    bus: config.kafka === null ? "embedded" : "KAFKA_BROKERS",
    mail: config.smtpUrl === null ? "embedded" : "SMTP_URL",
  };
  return { db, writes, store, bus, keys, vapid, ...mail, chosen };
}

/**
 * Starts one instance. Throws, with everything closed again, when a dependency is out of reach or not as this build needs it.
 */
export async function startApp(config: Config): Promise<App> {
  const instance = crypto.randomUUID();
  const log = createLog({ level: config.logLevel, instance });
  await using opening = new AsyncDisposableStack();
  opening.use(hearWarnings(log));
  const adapters = await openAdapters(config, { log, stack: opening, instance });
  const metrics = createMetrics();
  opening.defer(async () => metrics.stop());
  const parts = createParts(config, { adapters, log, instance, metrics });
  await makePartitions(adapters.db, systemClock());
  if (config.demo && config.databaseUrl === null) {
    await seedDemo({ db: adapters.db, keys: adapters.keys, clock: systemClock, origin: instance });
  }
  await shelveFolder(adapters.db, { folder: config.appDir, log });
  const server = createDoors(config, { adapters, parts, log, instance });
  parts.publishLocalBy(server);
  await parts.gateway.start(parts.dispatch);
  parts.publisher.start();
  parts.presence.start();
  parts.roster.start();
  parts.deletion.start();
  // A bus in this process is heard by nobody else. On Kafka, sending notifications is a command of its own.
  const notifier = config.kafka === null ? openNotifier(adapters, { log, pushed: metrics.pushes }) : null;
  await notifier?.start(adapters.bus);
  try {
    server.listen({ port: config.port, hostname: config.host, reusePort: false });
  } catch (cause) {
    throw new StartError(`Parley cannot listen on PORT ${config.port} of HOST ${config.host}.`, { cause });
  }
  const url = `http://${config.host}:${server.server?.port}`;
  const door = openMetrics(metrics, { config, stack: opening });
  log.info({ url, metricsUrl: door?.url, ...adapters.chosen }, "listening");

  const retention = startRetention({
    log,
    clock: systemClock,
    purgeSchedule: config.purgeSchedule,
    makeDays: () => makePartitions(adapters.db, systemClock()),
    lastPurgeAt: () => lastPurgeAt(adapters.db),
    async purge() {
      const report = await purge(adapters.db, { now: systemClock() });
      if (report !== null) log.info(report, "purged");
    },
  });

  const running = opening.move();
  running.defer(async () => {
    retention.stop();
    await parts.gateway.drain();
    await server.stop(true);
    await parts.gateway.settled();
    parts.presence.stop();
    parts.deletion.stop();
    await parts.roster.stop();
    await parts.writer.settled();
    await parts.publisher.stop();
    await notifier?.stop();
    await parts.afterwards.settled();
    log.info("stopped");
  });
  let stopping: Promise<void> | null = null;
  return {
    url,
    metricsUrl: door?.url ?? null,
    chosen: adapters.chosen,
    routes: server.routes.map(({ method, path }) => ({ method, path })),
    stop: () => (stopping ??= running.disposeAsync()),
  };
}

/** The door closes after the drain, so that the drain can be watched. */
export function openMetrics(
  metrics: Metrics,
  { config, stack }: { config: Config; stack: AsyncDisposableStack },
) {
  if (config.metricsPort === null) return null;
  const door = openMetricsDoor(metrics, { port: config.metricsPort, host: config.host });
  stack.defer(() => door.close());
  return door;
}
