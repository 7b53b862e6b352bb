/** For tests only: the product as it runs, embedded (one instance) or full (two), and people who sign in through it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaughtMail, SessionAnswer } from "#protocol/http.ts";
import type { Epoch, UserId } from "#protocol/ids.ts";
import { startApp } from "../app.ts";
import type { App } from "../app.ts";
import { runAdminCommand, runMigrate, startNotify } from "../commands.ts";
import { readConfig } from "../config.ts";
import { makeVapidKey } from "../push/vapid.ts";
import { startCatcher } from "../mail/catcher.ts";
import { startPushHost } from "./push_host.ts";
import type { PushHost } from "./push_host.ts";
import { testDatabase, testKafka, testRedisDatabase } from "./services.ts";

export type StackKind = "embedded" | "full";

export interface Stack {
  /** Where two people connect: the same instance twice, or two. */
  urls: readonly [string, string];
  apps: App[];
  admin(...args: string[]): Promise<void>;
  mails(): Promise<readonly CaughtMail[]>;
  /** The push service that it may ask. */
  pushHost: PushHost;
  stop(): Promise<void>;
}

export interface SignedInPerson {
  id: UserId;
  phone: string;
  epoch: Epoch;
  cookie: string;
  url: string;
}

const MANY = "100000";

/** `extra`: variables that differ from those of most tests. */
export async function startStack(kind: StackKind, extra: Record<string, string> = {}): Promise<Stack> {
  const stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "parley-stack-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const pushHost = startPushHost();
  stack.defer(() => pushHost.close());
  const env = {
    PUSH_HOSTS: pushHost.origin,
    PORT: "0",
    HOST: "127.0.0.1",
    DATA_DIR: dataDir,
    DEMO: "false",
    LOG_LEVEL: "silent",
    METRICS_PORT: "0",
    CODES_PER_IP_HOUR: MANY,
    CODES_PER_MINUTE: MANY,
    TRIES_PER_IP_HOUR: MANY,
    REQUESTS_PER_IP_SECOND: MANY,
    REQUESTS_PER_PERSON_SECOND: MANY,
    ...extra,
  };
  const config = readConfig(kind === "embedded" ? env : { ...env, ...(await fullEnvironment(stack)) });
  const testCatcher = config.smtpUrl === null ? null : await startCatcher();
  if (testCatcher !== null) stack.defer(() => testCatcher.close());
  const complete = testCatcher === null ? config : { ...config, smtpUrl: testCatcher.smtpUrl };

  if (kind === "full") await runMigrate(complete);
  const apps = [await startApp(complete)];
  if (kind === "full") apps.push(await startApp(complete));
  for (const app of apps) stack.defer(() => app.stop());
  if (kind === "full") {
    const notifying = await startNotify(complete);
    stack.defer(() => notifying.stop());
  }
  const [first = "", second = first] = apps.map((app) => app.url);
  return {
    urls: [first, second],
    apps,
    pushHost,
    async admin(...args) {
      const printed: string[] = [];
      const exitCode = await runAdminCommand(complete, args, (line) => printed.push(line));
      if (exitCode !== 0)
        throw new Error(`admin ${args.join(" ")} ended with ${exitCode}: ${printed.join(" ")}`);
    },
    async mails() {
      if (testCatcher !== null) return testCatcher.newest();
      return (await (await fetch(`${first}/dev/mail.json`)).json()) as CaughtMail[];
    },
    stop: () => stack.disposeAsync(),
  };
}

async function fullEnvironment(stack: AsyncDisposableStack): Promise<Record<string, string>> {
  const database = await testDatabase({ migrated: false });
  stack.defer(() => database.close());
  const kafka = testKafka();
  return {
    DATABASE_URL: database.url,
    REDIS_URL: await testRedisDatabase(),
    KAFKA_BROKERS: kafka.brokers.join(","),
    KAFKA_TOPIC_PREFIX: kafka.topicPrefix,
    KAFKA_PARTITIONS: String(kafka.partitions),
    SMTP_URL: "smtp://replaced-by-the-catcher",
    VAPID_KEY: makeVapidKey(),
    PARLEY_KEYS: `t1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`,
  };
}

let lastPhone = 0;

/** A number of its own for each person of this process: the fictional ones, then whatever follows. */
export function newPhone(): string {
  lastPhone += 1;
  return `+1202555${String(1_000 + lastPhone).padStart(4, "0")}`;
}

/** Adds an account, signs in as it through the real mail, and returns who that is. */
export async function signInAs(
  stack: Stack,
  { name, phone, url }: { name: string; phone: string; url: string },
): Promise<SignedInPerson> {
  await stack.admin(
    "user",
    "add",
    "--name",
    name,
    "--phone",
    phone,
    "--email",
    `${name}-${phone.slice(1)}@example.org`,
  );
  return signIn(stack, { phone, url });
}

/** Signs in as somebody who has an account, on one more device. */
export async function signIn(
  stack: Stack,
  { phone, url }: { phone: string; url: string },
): Promise<SignedInPerson> {
  const since = Date.now();
  const asked = await post(`${url}/api/auth/code`, { body: { phone } });
  if (asked.status !== 202) throw new Error(`asking for a code: ${asked.status} ${await asked.text()}`);
  const code = await newestCode(stack, { phone, since });
  const answer = await post(`${url}/api/auth/session`, { body: { phone, code }, cookie: cookieOf(asked) });
  if (answer.status !== 201) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
  const { user, epoch } = (await answer.json()) as SessionAnswer;
  return { id: user.id, phone, epoch, cookie: cookieOf(answer), url };
}

/** The code in the newest mail since then to the person with this number, once it is there. */
export async function newestCode(
  stack: Stack,
  { phone, since }: { phone: string; since: number },
): Promise<string> {
  const deadlineAt = Date.now() + 10_000;
  while (Date.now() < deadlineAt) {
    const mails = (await stack.mails()).filter(
      ({ to, receivedAt }) => to.includes(phone.slice(1)) && receivedAt >= since,
    );
    const [code] = mails.flatMap((caught) => /\b\d{6}\b/.exec(caught.text)?.[0] ?? []);
    if (code !== undefined) return code;
    await Bun.sleep(20);
  }
  throw new Error("no mail with a code came");
}

interface Sent {
  body: unknown;
  cookie?: string;
}

/** A POST as the own page sends it. */
export function post(url: string, sent: Sent): Promise<Response> {
  return request("POST", url, sent);
}

/** A PUT, likewise. */
export function put(url: string, sent: Sent): Promise<Response> {
  return request("PUT", url, sent);
}

/** A PATCH, likewise. */
export function patch(url: string, sent: Sent): Promise<Response> {
  return request("PATCH", url, sent);
}

function request(method: string, url: string, { body, cookie }: Sent): Promise<Response> {
  const headers: Record<string, string> = { "content-type": "application/json", origin: new URL(url).origin };
  if (cookie !== undefined) headers["cookie"] = cookie;
  return fetch(url, { method, headers, body: JSON.stringify(body) });
}

/** What a browser would send back. */
export function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}
