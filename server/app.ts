/**
 * The one place that chooses adapters and wires the parts. Embedded or full is decided here, by what the configuration
 * names, and nowhere else: past this file everything is one code path.
 */
import { join } from "node:path";
import { cors } from "@elysiajs/cors";
import { openapi } from "@elysiajs/openapi";
import { Elysia } from "elysia";
import type { Logger } from "pino";
import { CLOSE } from "#protocol/close_codes.ts";
import { FRAME_MAX_BYTES, SEND_BUFFER_MAX_BYTES } from "#protocol/limits.ts";
import type { UserId } from "#protocol/ids.ts";
import { runAdmin } from "./admin/admin.ts";
import { seedDemo } from "./admin/demo.ts";
import { createAfterwards } from "./auth/afterwards.ts";
import { createClientIp } from "./auth/client_ip.ts";
import { createCodes } from "./auth/codes.ts";
import { createCookies } from "./auth/cookies.ts";
import { createGuard } from "./auth/guard.ts";
import { createKeys } from "./auth/keys.ts";
import type { Keys } from "./auth/keys.ts";
import { loadOrMakeKeys } from "./auth/keys_file.ts";
import { originCheck } from "./auth/origin.ts";
import { authRoutes } from "./auth/routes.ts";
import { createSessions } from "./auth/sessions.ts";
import { createSignIn } from "./auth/signin.ts";
import { createThrottle } from "./auth/throttle.ts";
import type { Bus } from "./bus/bus.ts";
import { connectKafkaBus } from "./bus/kafka.ts";
import { createMemoryHub } from "./bus/memory.ts";
import { checkTopics, ensureTopics } from "./bus/topics.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { contactsOf } from "./contacts/queries.ts";
import { contactRoutes } from "./contacts/routes.ts";
import { connect } from "./db/connect.ts";
import type { Db } from "./db/connect.ts";
import { openEmbeddedPostgres } from "./db/embedded.ts";
import { checkSchema, migrate } from "./db/migrate.ts";
import { createAllowances } from "./gateway/allowance.ts";
import { createDispatch } from "./gateway/dispatch.ts";
import { createGateway, sessionEndedRecord } from "./gateway/gateway.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { gatewayRoutes } from "./gateway/routes.ts";
import { healthRoutes } from "./health/routes.ts";
import { httpErrors } from "./http_errors.ts";
import { bodyCheck, HTTP_BODY_MAX_BYTES } from "./http_body.ts";
import { createHeads } from "./inbox/heads.ts";
import { createPublisher, leaveForSweep } from "./inbox/publisher.ts";
import { selectFrames, selectHeads, selectState } from "./inbox/queries.ts";
import { startCatcher } from "./mail/catcher.ts";
import type { Catcher } from "./mail/catcher.ts";
import { createLog } from "./log.ts";
import { createMailer } from "./mail/mailer.ts";
import { mailRoutes } from "./mail/routes.ts";
import { retainedSince } from "./messages/queries.ts";
import { messageRoutes } from "./messages/routes.ts";
import { createWriter } from "./messages/writer.ts";
import { createPresence } from "./presence/presence.ts";
import { makePartitions } from "./retention/partitions.ts";
import { purge } from "./retention/purge.ts";
import { connectRedisStore } from "./store/redis.ts";
import { createSqliteStore } from "./store/sqlite.ts";
import type { Store } from "./store/store.ts";
import { assetRoutes } from "./web/assets.ts";
import { securityHeaders } from "./web/headers.ts";

/** Where the PWA's build lies. */
const PWA_DIST = join(import.meta.dirname, "../pwa/dist");
const API_INFO = {
  title: "Parley",
  version: "1",
  description: "The HTTP door of Parley. Live traffic uses /ws.",
};
const POOL_MAX = 12;
/** Days are made ahead this often, far more often than they are needed. */
const PARTITIONS_EVERY_MS = 6 * 60 * 60 * 1_000;

/** What the configuration chose. Closed in the opposite order of opening. */
export interface Adapters {
  db: Db;
  store: Store;
  bus: Bus;
  keys: Keys;
  smtpUrl: string;
  /** The embedded mailbox; null when mail goes to a real server. */
  catcher: Catcher | null;
  /** For the start-up log: which adapter stands for what. */
  chosen: Record<"postgres" | "store" | "bus" | "mail", string>;
}

export interface App {
  /** Where it listens. */
  url: string;
  chosen: Adapters["chosen"];
  /** Drains, then stops everything. Idempotent. */
  stop(): Promise<void>;
}

/** Opens Postgres alone, embedded or by URL, with its days made; embedded, the schema is brought up to date by itself. */
async function openDatabase(config: Config, { log, stack }: Opening): Promise<Db> {
  if (config.databaseUrl !== null)
    return closeWith(stack, connect(config.databaseUrl, { maxConnections: POOL_MAX }));
  const embedded = await openEmbeddedPostgres({ dataDir: config.dataDir, log });
  stack.defer(() => embedded.close());
  const db = closeWith(stack, connect(embedded.url, { maxConnections: POOL_MAX }));
  await migrate(db);
  return db;
}

interface Opening {
  log: Logger;
  stack: AsyncDisposableStack;
  instance: string;
}

function closeWith(stack: AsyncDisposableStack, db: Db): Db {
  stack.defer(() => db.end({ timeout: 5 }));
  return db;
}

async function openStore(config: Config, { log, stack }: Opening): Promise<Store> {
  const store =
    config.redisUrl === null
      ? createSqliteStore(join(config.dataDir, "store.sqlite"), { clock: systemClock })
      : await connectRedisStore(config.redisUrl, { prefix: "parley:", log });
  stack.defer(() => store.close());
  return store;
}

async function openBus(config: Config, { log, stack, instance }: Opening): Promise<Bus> {
  if (config.kafka !== null) await checkTopics(config.kafka);
  const bus =
    config.kafka === null ? createMemoryHub().join() : await connectKafkaBus(config.kafka, { instance, log });
  stack.defer(() => bus.close());
  return bus;
}

async function openAdapters(config: Config, opening: Opening): Promise<Adapters> {
  const { stack } = opening;
  const keys = createKeys(config.keys ?? (await loadOrMakeKeys(config.dataDir)));
  const db = await openDatabase(config, opening);
  await checkSchema(db);
  const store = await openStore(config, opening);
  const bus = await openBus(config, opening);
  const catcher = config.smtpUrl === null ? await startCatcher() : null;
  if (catcher !== null) stack.defer(() => catcher.close());
  const chosen = {
    postgres: config.databaseUrl === null ? "embedded" : "DATABASE_URL",
    store: config.redisUrl === null ? "embedded" : "REDIS_URL",
    bus: config.kafka === null ? "embedded" : "KAFKA_BROKERS",
    mail: config.smtpUrl === null ? "embedded" : "SMTP_URL",
  };
  return { db, store, bus, keys, smtpUrl: config.smtpUrl ?? catcher?.smtpUrl ?? "", catcher, chosen };
}

/**
 * Starts one instance. Throws, with everything closed again, when a dependency is out of reach or not as this build needs it.
 */
export async function startApp(config: Config): Promise<App> {
  const instance = crypto.randomUUID();
  const log = createLog({ level: config.logLevel, instance });
  await using opening = new AsyncDisposableStack();
  const adapters = await openAdapters(config, { log, stack: opening, instance });
  const parts = createParts(config, { adapters, log, instance });
  await makePartitions(adapters.db, systemClock());
  if (config.demo && config.databaseUrl === null) {
    await seedDemo({ db: adapters.db, keys: adapters.keys, clock: systemClock, origin: instance });
  }
  const server = createServer(config, { adapters, parts, log });
  parts.publishLocalBy(server);
  await parts.gateway.start(parts.dispatch);
  parts.publisher.start();
  parts.presence.start();
  server.listen({ port: config.port, hostname: config.host, reusePort: false });
  const url = `http://${config.host}:${server.server?.port}`;
  log.info({ url, ...adapters.chosen }, "listening");

  const days = setInterval(() => {
    makePartitions(adapters.db, systemClock()).catch((error: unknown) => {
      log.error({ err: error }, "making the coming days' partitions failed; it will be tried again");
    });
  }, PARTITIONS_EVERY_MS);

  const running = opening.move();
  running.defer(async () => {
    clearInterval(days);
    await parts.gateway.drain();
    await server.stop(true);
    parts.presence.stop();
    await parts.writer.settled();
    await parts.publisher.stop();
    await parts.afterwards.settled();
    await parts.mailer.close();
    log.info("stopped");
  });
  let stopping: Promise<void> | null = null;
  return { url, chosen: adapters.chosen, stop: () => (stopping ??= running.disposeAsync()) };
}

type Parts = ReturnType<typeof createParts>;

/** Everything between the adapters and the doors. */
function createParts(
  config: Config,
  { adapters, log, instance }: { adapters: Adapters; log: Logger; instance: string },
) {
  const { db, store, bus, keys } = adapters;
  const clock = systemClock;
  const headsOf = (users: UserId[]) => selectHeads(db, users);
  let publishLocal: (topic: string, frame: string) => void = () => {};

  const publisher = createPublisher({ db, bus, clock, log });
  const allowanceOf = createAllowances({ ...config.limits, clock });
  const presence = createPresence({
    store,
    clock,
    log,
    announce: (notice) => gateway.announcePresence(notice),
  });
  const gateway: Gateway = createGateway({
    instance,
    bus,
    clock,
    log,
    allowanceOf,
    headsOf,
    leave: (user, connection, state) => presence.leave(user, connection, state),
    publishLocal: (topic, frame) => publishLocal(topic, frame),
  });
  const writer = createWriter({
    db,
    clock,
    log,
    instance,
    committed(appended) {
      gateway.fanOut(appended);
      publisher.publish(appended);
    },
  });
  const sessions = createSessions({
    store,
    clock,
    onEnded: (session, why) => gateway.endSession(session, CLOSE[why]),
  });
  const dispatch = createDispatch({
    clock,
    log,
    minBuild: config.minBuild,
    ...config.limits,
    inbox: {
      state: (user) => selectState(db, user),
      head: createHeads(headsOf),
      frames: (user, range) => selectFrames(db, user, { ...range, since: retainedSince(clock()) }),
    },
    write: writer.write,
    contactsOf: (user) => contactsOf(db, user),
    presence,
    typing: gateway.announceTyping,
    sessionAlive: sessions.alive,
  });
  const mailer = createMailer({ smtpUrl: adapters.smtpUrl, from: config.mailFrom, log });
  const afterwards = createAfterwards({ log });
  const signIn = createSignIn({
    db,
    keys,
    codes: createCodes({ store, keys }),
    throttle: createThrottle({ store, keys, limits: config.limits }),
    sessions,
    sendMail: mailer.send,
    afterwards,
    publicOrigin: config.publicOrigin,
  });
  return {
    writer,
    publisher,
    presence,
    gateway,
    dispatch,
    sessions,
    mailer,
    afterwards,
    signIn,
    allowanceOf,
    publishLocalBy(server: { server: { publish(topic: string, frame: string): number } | null }) {
      publishLocal = (topic, frame) => void server.server?.publish(topic, frame);
    },
  };
}

/** The HTTP server with all its routes; not listening yet. */
function createServer(
  config: Config,
  { adapters, parts, log }: { adapters: Adapters; parts: Parts; log: Logger },
) {
  const { db, store, keys, bus, catcher } = adapters;
  const { sessions, gateway, writer, signIn, allowanceOf } = parts;
  const cookies = createCookies(config);
  const guard = createGuard({ sessions, cookies });
  const app = new Elysia({
    websocket: {
      maxPayloadLength: FRAME_MAX_BYTES,
      backpressureLimit: SEND_BUFFER_MAX_BYTES,
      closeOnBackpressureLimit: true,
      // Silence is measured by the connection itself, from what the client says.
      idleTimeout: 0,
    },
    serve: { maxRequestBodySize: HTTP_BODY_MAX_BYTES },
  })
    .use(httpErrors({ log }))
    .use(securityHeaders(config))
    .use(originCheck(config))
    .use(bodyCheck());
  if (config.corsOrigins.length > 0) app.use(corsFor(config.corsOrigins));
  return app
    .use(
      openapi({
        path: "/openapi",
        specPath: "/openapi.json",
        provider: null,
        documentation: { info: API_INFO },
      }),
    )
    .use(healthRoutes({ accepts: gateway.accepts, checks: checksOf({ db, store, bus }) }))
    .use(
      authRoutes({
        db,
        keys,
        guard,
        cookies,
        clientIp: createClientIp(config.trustedProxies),
        sessions,
        signIn,
      }),
    )
    .use(contactRoutes({ db, guard }))
    .use(
      messageRoutes({
        db,
        clock: systemClock,
        guard,
        writer,
        takeSend: (user) => allowanceOf(user).sends.take(),
      }),
    )
    .use(gatewayRoutes({ guard, gateway }))
    .use(catcher === null ? new Elysia() : mailRoutes(catcher))
    .use(assetRoutes(PWA_DIST));
}

function corsFor(origins: string[]) {
  return cors({
    origin: origins,
    credentials: true,
    methods: ["GET", "POST", "DELETE"],
    allowedHeaders: ["content-type"],
    exposeHeaders: ["retry-after"],
    maxAge: 600,
  });
}

function checksOf({ db, store, bus }: Pick<Adapters, "db" | "store" | "bus">) {
  return [
    { name: "postgres", check: async () => void (await db`select 1`) },
    { name: "store", check: () => store.ping() },
    {
      name: "bus",
      async check() {
        if (!bus.healthy()) throw new Error("the bus is out of reach");
      },
    },
  ];
}

/** `migrate`: brings the schema and the Kafka topics up to date. Harmless to repeat. Returns what it did, in words. */
export async function runMigrate(config: Config): Promise<string> {
  return withDatabase(config, async (db) => {
    const applied = await migrate(db);
    await makePartitions(db, systemClock());
    if (config.kafka !== null) await ensureTopics(config.kafka);
    return applied.length === 0 ? "The schema is up to date." : `Applied ${applied.join(", ")}.`;
  });
}

/** `purge`: drops what is past the retention. Returns what it did, in words. */
export async function runPurge(config: Config): Promise<string> {
  return withDatabase(config, async (db) => {
    const { dropped, oldestAt } = await purge(db, systemClock());
    const oldest =
      oldestAt === null ? "nothing is left" : `the oldest row is of ${new Date(oldestAt).toISOString()}`;
    return `Dropped ${dropped.length === 0 ? "nothing" : dropped.join(", ")}; ${oldest}.`;
  });
}

/** `admin`: runs one command of the administrator. Returns the exit code. */
export async function runAdminCommand(config: Config, args: string[]): Promise<number> {
  const instance = crypto.randomUUID();
  const log = createLog({ level: "warn", instance });
  await using stack = new AsyncDisposableStack();
  const opening = { log, stack, instance };
  const keys = createKeys(config.keys ?? (await loadOrMakeKeys(config.dataDir)));
  const db = await openDatabase(config, opening);
  const store = await openStore(config, opening);
  // No bus here: running instances sweep up what is left for them.
  const sessions = createSessions({
    store,
    clock: systemClock,
    onEnded: (session, why) =>
      leaveForSweep(db, [sessionEndedRecord({ session, code: CLOSE[why], origin: instance })]),
  });
  return runAdmin(args, {
    db,
    keys,
    clock: systemClock,
    sessions,
    origin: instance,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}

async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const instance = crypto.randomUUID();
  await using stack = new AsyncDisposableStack();
  return work(await openDatabase(config, { log: createLog({ level: "warn", instance }), stack, instance }));
}
