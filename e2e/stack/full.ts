/** Two instances that know each other only through real services, and what is theirs in those services. */
import { createECDH, randomBytes } from "node:crypto";
import { freePort } from "../../infra/gate/ports.ts";
import { file, kafkaRecords, postgresRows, redisEntries } from "../leaks/sources.ts";
import { emptyRedis, freshDatabase, topicPrefix } from "./borrowed.ts";
import { GENEROUS, pushHost } from "./limits.ts";
import { type Program, runProgram, startProgram } from "./program.ts";
import type { RunningStack } from "./stack.ts";

const INSTANCES = 2;
const KEY_BYTES = 32;

export async function startFull(): Promise<RunningStack> {
  await using undo = new AsyncDisposableStack();
  const database = undo.use(await freshDatabase(named("TEST_DATABASE_URL")));
  const redis = undo.use(await emptyRedis(named("TEST_REDIS_URL")));
  const topics = undo.use(topicPrefix(named("TEST_KAFKA_BROKERS")));

  const mail = { smtp: String(await freePort()), http: String(await freePort()) };
  const mailbox = `http://127.0.0.1:${mail.http}/dev/mail.json`;
  undo.use(
    disposable(
      await startProgram({
        name: "full-mail",
        args: ["server/mail/catch.ts", "--smtp", mail.smtp, "--http", mail.http],
        env: {},
        readyUrl: mailbox,
      }),
    ),
  );

  const push = { name: "127.0.0.1", port: await freePort() };
  const shared = {
    ...GENEROUS,
    NODE_ENV: "production",
    HOST: "localhost",
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    KAFKA_BROKERS: topics.brokers,
    KAFKA_TOPIC_PREFIX: topics.prefix,
    KAFKA_PARTITIONS: "4",
    SMTP_URL: `smtp://127.0.0.1:${mail.smtp}`,
    PUSH_HOSTS: pushHost(push),
    VAPID_KEY: vapidKey(),
    PARLEY_KEYS: `k1:${randomBytes(KEY_BYTES).toString("base64")}`,
  };
  const origins: string[] = [];
  const logs: string[] = [];
  for (let instance = 1; instance <= INSTANCES; instance++) {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const env = { ...shared, PORT: String(port), PUBLIC_ORIGIN: origin };
    if (instance === 1) await runProgram(["server/main.ts", "migrate"], env);
    const args = ["server/main.ts", "serve"];
    const readyUrl = `${origin}/health/ready`;
    const program = await startProgram({ name: `full-instance-${instance}`, args, env, readyUrl });
    undo.use(disposable(program));
    logs.push(program.logFile);
    origins.push(origin);
  }

  const metricsPort = String(await freePort());
  const notifier = await startProgram({
    name: "full-notify",
    args: ["server/main.ts", "notify"],
    env: { ...shared, PUBLIC_ORIGIN: origins[0] ?? "", METRICS_PORT: metricsPort },
    readyUrl: `http://localhost:${metricsPort}/metrics`,
  });
  undo.use(disposable(notifier));
  logs.push(notifier.logFile);

  const running = undo.move();
  const adminEnv = { ...shared, PUBLIC_ORIGIN: origins[0] ?? "" };
  return {
    origins,
    mailbox,
    adminEnv,
    push,
    places: () => [
      { source: postgresRows(database.url), codesToo: true },
      { source: redisEntries(redis.url), codesToo: true },
      { source: kafkaRecords(topics), codesToo: true },
      ...logs.map((path) => ({ source: file(path), codesToo: true })),
    ],
    stop: () => running.disposeAsync(),
  };
}

function vapidKey(): string {
  const pair = createECDH("prime256v1");
  pair.generateKeys();
  return Buffer.from(pair.getPrivateKey("hex").padStart(2 * KEY_BYTES, "0"), "hex").toString("base64url");
}

function disposable(program: Program): AsyncDisposable {
  return { [Symbol.asyncDispose]: () => program.stop() };
}

function named(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: the gate sets it, \`bun run e2e --stack full\``);
  return value;
}
