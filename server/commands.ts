/** What the program does beside serving: each command opens what it needs of the same adapters, and no more. */
import { parseArgs } from "node:util";
import { CLOSE } from "#protocol/close_codes.ts";
import { runInTerminal } from "./admin/terminal.ts";
import { openBus, openDatabase, openMetrics, openStore, openVapid } from "./app.ts";
import { createKeys } from "./auth/keys.ts";
import { keyFileOf, loadOrMakeKeys } from "./auth/keys_file.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Db } from "./db/connect.ts";
import { checkSchema, migrate } from "./db/migrate.ts";
import { sessionEndedRecord } from "./gateway/ended.ts";
import { leaveForSweep } from "./inbox/publisher.ts";
import { createLog, hearWarnings } from "./log.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { openNotifier } from "./push/open.ts";
import { makePartitions } from "./retention/partitions.ts";
import { purge } from "./retention/purge.ts";
import { oldestText, reportText, STORE_TEXT } from "./retention/report.ts";
import { StartError } from "./start_error.ts";

/** What runs until it is stopped. `stop` is idempotent. */
export interface Running {
  stop(): Promise<void>;
}

/** `notify`: hears of events on Kafka, and notifies devices. Any number of them share the work. */
export async function startNotify(config: Config): Promise<Running> {
  const vapid = await openVapid(config);
  if (config.kafka === null)
    throw new StartError("Without KAFKA_BROKERS notifications are sent by `serve` itself.");
  if (vapid === null)
    throw new StartError("VAPID_KEY must be set to send notifications; `bun run secrets` makes one.");
  const instance = crypto.randomUUID();
  const log = createLog({ level: config.logLevel, instance });
  await using opening = new AsyncDisposableStack();
  opening.use(hearWarnings(log));
  const { db } = await openDatabase(config, { log, stack: opening, instance });
  await checkSchema(db);
  const store = await openStore(config, { log, stack: opening, instance });
  const bus = await openBus(config, { log, stack: opening, instance });
  const metrics = createMetrics();
  opening.defer(async () => metrics.stop());
  const notifier = openNotifier({ db, store, vapid }, { log, pushed: metrics.pushes });
  await notifier?.start(bus);
  const door = openMetrics(metrics, { config, stack: opening });
  log.info({ metricsUrl: door?.url }, "notifying");
  const running = opening.move();
  running.defer(async () => {
    await notifier?.stop();
    log.info("stopped");
  });
  let stopping: Promise<void> | null = null;
  return { stop: () => (stopping ??= running.disposeAsync()) };
}

/** `migrate`: brings the schema and the Kafka topics up to date. Harmless to repeat. Returns what it did, in words. */
export async function runMigrate(config: Config): Promise<string> {
  return withDatabase(config, async (db) => {
    const applied = await migrate(db);
    await makePartitions(db, systemClock());
    if (config.kafka !== null) {
      const { ensureTopics } = await import("./bus/topics.ts");
      await ensureTopics(config.kafka);
    }
    return applied.length === 0 ? "The schema is up to date." : `Applied ${applied.join(", ")}.`;
  });
}

/** `purge`: drops what is past the retention; `--dry-run` only says what. Tells in words what it came to, and what is left. */
export async function runPurge(config: Config, args: string[], say: (text: string) => void): Promise<void> {
  const { values } = parseArgs({ args, options: { "dry-run": { type: "boolean", default: false } } });
  const dryRun = values["dry-run"];
  const now = systemClock();
  await withDatabase(config, async (db) => {
    say(reportText(await purge(db, { now, dryRun }), { dryRun }));
    say(STORE_TEXT);
    if (config.kafka === null) return;
    const { oldestRecords } = await import("./bus/oldest.ts");
    say(oldestText("record on the bus", await oldestRecords(config.kafka, { now })));
  });
}

/** `admin`: runs one command of the administrator, whose answer goes to `print`. Returns the exit code. */
export async function runAdminCommand(
  config: Config,
  args: string[],
  print: (line: string) => void,
): Promise<number> {
  const instance = crypto.randomUUID();
  const log = createLog({ level: "warn", instance });
  await using stack = new AsyncDisposableStack();
  stack.use(hearWarnings(log));
  const opening = { log, stack, instance };
  const keys = createKeys(config.keys ?? (await loadOrMakeKeys(config.dataDir)));
  const { db } = await openDatabase(config, opening);
  const store = await openStore(config, opening);
  return await runInTerminal(args, {
    db,
    store,
    keys,
    limits: config.limits,
    keyFile: config.keys === null ? keyFileOf(config.dataDir) : null,
    origin: instance,
    log,
    print,
    // No bus here: running instances sweep up what is left for them.
    onEnded: (session, why) =>
      leaveForSweep(db, [sessionEndedRecord({ session, code: CLOSE[why], origin: instance })]),
  });
}

async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const instance = crypto.randomUUID();
  await using stack = new AsyncDisposableStack();
  const log = createLog({ level: "warn", instance });
  stack.use(hearWarnings(log));
  const { db } = await openDatabase(config, { log, stack, instance });
  return await work(db);
}
