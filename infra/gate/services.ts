/**
 * What tests need from outside: Postgres, Redis, Kafka, Chromium, Firefox, kubectl, haproxy, Postgres' tools. Each is the one that its environment variable
 * names; else, for the first three, one that Docker compose starts; else one that is started natively, from Debian packages
 * when they are missing and this is root. What cannot be had is an error with a sentence that says what to install.
 *
 * Run by itself (`bun infra/gate/services.ts`) it has all but browsers ready, prints what to export, and stays until Ctrl-C.
 */
import { type Browser, chromium, firefox, headlessShell } from "./browser.ts";
import { type Cleanup, startCleanup } from "./cleanup.ts";
import { canInstall, install } from "./debian.ts";
import { haveDocker, startByDocker } from "./docker.ts";
import { findHaproxy, HAPROXY_PACKAGES, haproxyAtHand } from "./haproxy.ts";
import { findKubectl } from "./kubectl.ts";
import { KAFKA_PACKAGES, kafkaAtHand, startKafka } from "./kafka.ts";
import { findPgTools } from "./pg_tools.ts";
import { startPostgres } from "./postgres.ts";
import { REDIS_PACKAGES, redisProgram, startRedis } from "./redis.ts";

export type ServiceName = keyof typeof SERVICES;

interface Native {
  /** The environment variable that names it, and under which tests find it. */
  variable: string;
  start(cleanup: Cleanup): Promise<string>;
  atHand(): boolean;
  packages: string[];
}

function serviceOf({ packages, program, find }: Browser): Omit<Native, "variable"> {
  return { start: () => Promise.resolve(find()), atHand: () => program() !== null, packages };
}

const SERVICES = {
  postgres: { variable: "TEST_DATABASE_URL", start: startPostgres, atHand: () => true, packages: [] },
  redis: {
    variable: "TEST_REDIS_URL",
    start: startRedis,
    atHand: () => redisProgram() !== null,
    packages: REDIS_PACKAGES,
  },
  kafka: {
    variable: "TEST_KAFKA_BROKERS",
    start: startKafka,
    atHand: kafkaAtHand,
    packages: KAFKA_PACKAGES,
  },
  chromium: { variable: "CHROMIUM", ...serviceOf(chromium) },
  headlessShell: { variable: "HEADLESS_SHELL", ...serviceOf(headlessShell) },
  firefox: { variable: "FIREFOX", ...serviceOf(firefox) },
  haproxy: {
    variable: "HAPROXY",
    start: () => Promise.resolve(findHaproxy()),
    atHand: haproxyAtHand,
    packages: HAPROXY_PACKAGES,
  },
  pgTools: { variable: "POSTGRES_BIN", start: findPgTools, atHand: () => true, packages: [] },
  kubectl: { variable: "KUBECTL", start: findKubectl, atHand: () => true, packages: [] },
} as const satisfies Record<string, Native>;

export interface Services {
  /** Environment for the tests: each service's variable. */
  env: Record<string, string>;
  /** How each was had, for the log. */
  origin: string;
}

/** Has the services ready, or throws naming every one that cannot be had. */
export async function startServices(cleanup: Cleanup, names: ServiceName[]): Promise<Services> {
  const env: Record<string, string> = {};
  const wanted: ServiceName[] = [];
  for (const name of names) {
    const given = process.env[SERVICES[name].variable];
    if (given) env[SERVICES[name].variable] = given;
    else wanted.push(name);
  }
  const origins = wanted.length < names.length ? ["environment"] : [];

  const containable = wanted.filter((name) => name === "postgres" || name === "redis" || name === "kafka");
  if (containable.length > 0 && (await haveDocker())) {
    try {
      const places = await startByDocker(cleanup, containable);
      for (const name of containable) env[SERVICES[name].variable] = places[name];
      origins.push("docker");
    } catch (error) {
      // An engine that cannot get the images is as good as none; the note tells why the native way was gone.
      origins.push(`docker in vain (${lastLine(error)})`);
    }
  }
  const natives = wanted.filter((name) => env[SERVICES[name].variable] === undefined);
  if (natives.length > 0) {
    Object.assign(env, await startNatively(cleanup, natives));
    origins.push("native");
  }
  return { env, origin: origins.join(", ") };
}

function lastLine(error: unknown): string {
  return messageOf(error).trim().split("\n").at(-1) ?? "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function startNatively(cleanup: Cleanup, names: ServiceName[]): Promise<Record<string, string>> {
  const packages = names
    .filter((name) => !SERVICES[name].atHand())
    .flatMap((name) => SERVICES[name].packages);
  if (packages.length > 0 && (await canInstall())) await install(packages);

  const env: Record<string, string> = {};
  const outcomes = await Promise.allSettled(
    names.map(async (name) => {
      env[SERVICES[name].variable] = await SERVICES[name].start(cleanup);
    }),
  );
  const failures = outcomes
    .filter((outcome) => outcome.status === "rejected")
    .map(({ reason }) => messageOf(reason));
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return env;
}

if (import.meta.main) {
  const cleanup = await startCleanup();
  const { promise: told, resolve: stop } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop());
  try {
    const { env } = await startServices(cleanup, [
      "postgres",
      "redis",
      "kafka",
      "kubectl",
      "pgTools",
      "haproxy",
    ]);
    for (const [name, value] of Object.entries(env)) process.stdout.write(`export ${name}='${value}'\n`);
    await told;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  } finally {
    await cleanup.finish();
  }
}
