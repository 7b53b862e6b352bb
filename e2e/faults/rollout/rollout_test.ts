/**
 * An update as a cluster does it: one more instance first; one of the old ones is taken from the proxy's list and told to stop a
 * moment later; then the other. People talk all the while, through a real proxy over HTTPS. Kubernetes itself is not here: that
 * its part is told rightly is for the rules over the rendered manifests.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { SessionAnswer } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { freePort } from "../../../infra/gate/ports.ts";
import { emptyRedis, freshDatabase, topicPrefix } from "../../stack/borrowed.ts";
import { GENEROUS } from "../../stack/limits.ts";
import { type Program, runProgram, startProgram } from "../../stack/program.ts";
import { type Account, makeAccounts } from "../admin.ts";
import { createJar, type Jar } from "../jar.ts";
import { codeFor } from "../mailbox.ts";
import { createRandom } from "../random.ts";
import { type Balancer, type Place, startBalancer } from "./balancer.ts";
import { Phone } from "./phone.ts";
import { until } from "./until.ts";

const PEOPLE = 12;
const TALK_EVERY_MS = 100;
const ASK_EVERY_MS = 20;
/** The proxy hears that an instance goes this late, and the instance is told to stop this late: 12 s in production (preStop). */
const HEARD_AFTER_MS = 700;
const STOPPED_AFTER_MS = 1_500;

let balancer: Balancer;
let databaseUrl: string;
let mailbox: string;
let env: Record<string, string>;
const cleaning = new AsyncDisposableStack();

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "parley-rollout-"));
  cleaning.defer(() => rm(folder, { recursive: true }));
  balancer = await startBalancer(folder);
  cleaning.defer(() => balancer.stop());
  const database = cleaning.use(await freshDatabase(named("TEST_DATABASE_URL")));
  const redis = cleaning.use(await emptyRedis(named("TEST_REDIS_URL")));
  const topics = cleaning.use(topicPrefix(named("TEST_KAFKA_BROKERS")));
  databaseUrl = database.url;
  const [smtp, http] = [String(await freePort()), String(await freePort())];
  mailbox = `http://127.0.0.1:${http}/dev/mail.json`;
  const catcher = await startProgram({
    name: "rollout-mail",
    args: ["server/mail/catch.ts", "--smtp", smtp, "--http", http],
    env: {},
    readyUrl: mailbox,
  });
  cleaning.defer(() => catcher.stop());
  env = {
    ...GENEROUS,
    SEND_BURST: "5000",
    SENDS_PER_SECOND: "1000",
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PUBLIC_ORIGIN: balancer.origin,
    TRUSTED_PROXIES: "127.0.0.1",
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    KAFKA_BROKERS: topics.brokers,
    KAFKA_TOPIC_PREFIX: topics.prefix,
    KAFKA_PARTITIONS: "4",
    SMTP_URL: `smtp://127.0.0.1:${smtp}`,
    PARLEY_KEYS: `k1:${randomBytes(32).toString("base64")}`,
  };
  await runProgram(["server/main.ts", "migrate"], env);
}, 120_000);

afterAll(() => cleaning.disposeAsync(), 60_000);

test("two instances are replaced while people talk: no request fails, no message is lost, nobody tries in vain", async () => {
  const [first, second] = [await startInstance("one"), await startInstance("two")];
  await using db = disposable(postgres(databaseUrl, { max: 2 }));
  const accounts = await makeAccounts(PEOPLE, { env, db: db.sql, random: createRandom(1) });
  const people = await Promise.all(accounts.map(signIn));
  const phones = people.map(({ phone }) => phone);
  for (const phone of phones) phone.start();
  await until(() => phones.every((phone) => phone.isLive));
  for (const phone of phones) phone.gapsMs.length = 0;

  const talking = setInterval(() => phones.forEach((phone) => phone.talk()), TALK_EVERY_MS);
  const asking = keepAsking(people.map(({ jar }) => jar));
  const third = await startInstance("three");
  await replace("one", first);
  const fourth = await startInstance("one");
  await replace("two", second);
  clearInterval(talking);
  await until(() => phones.every((phone) => phone.isLive && phone.waiting === 0));
  const answers = await asking.stop();

  for (const phone of phones) {
    const stored = await storedFor(db.sql, phone.user);
    await until(() => phone.heard.length >= stored.length);
    expect(phone.heard).toEqual(stored);
    const own = phone.heard.filter((text) => text.startsWith(phone.user));
    expect(own).toEqual(phone.said);
    expect(phone.failures).toBe(0);
    phone.stop();
  }
  expect(answers.failed).toEqual([]);
  expect(answers.well).toBeGreaterThan(100);
  const gaps = phones.flatMap((phone) => phone.gapsMs).toSorted((a, b) => a - b);
  const [median = 0, worst = 0] = [gaps[Math.floor(gaps.length / 2)], gaps.at(-1)];
  process.stdout.write(
    `${answers.well} requests, ${phones.flatMap(({ said }) => said).length} messages, ${gaps.length} moves: ` +
      `${median.toFixed(0)} ms in the median, ${worst.toFixed(0)} ms at worst\n`,
  );
  // Leaving one and being live at another takes about as long as connecting does. Everybody was on an instance that went, or on both.
  expect(gaps.length).toBeGreaterThanOrEqual(phones.length);
  await Promise.all([third, fourth].map((instance) => instance.stop()));
}, 240_000);

let started = 0;

/** Ready before people are sent to it. */
async function startInstance(place: Place): Promise<Program> {
  const port = await freePort();
  started += 1;
  const instance = await startProgram({
    name: `rollout-${started}`,
    args: ["server/main.ts", "serve"],
    env: { ...env, PORT: String(port) },
    readyUrl: `http://127.0.0.1:${port}/health/ready`,
  });
  await balancer.put(place, port);
  return instance;
}

/** Resolves when it has ended well. */
async function replace(place: Place, instance: Program): Promise<void> {
  await Bun.sleep(HEARD_AFTER_MS);
  await balancer.take(place);
  await Bun.sleep(STOPPED_AFTER_MS - HEARD_AFTER_MS);
  await instance.stop();
}

/** Through the proxy, by the mail. They talk to the first of those they know. */
async function signIn({ phone: number, email, peers }: Account): Promise<{ phone: Phone; jar: Jar }> {
  const { origin, ca } = balancer;
  const jar = createJar(origin, { ca });
  const since = Date.now();
  await post(jar, "/api/auth/code", { phone: number });
  const code = await codeFor(email, { mailbox, since });
  const { user, epoch } = (await post(jar, "/api/auth/session", { phone: number, code })) as SessionAnswer;
  const other = peers[0]?.id;
  if (other === undefined) throw new Error(`${email} knows nobody`);
  const phone = new Phone({ user: user.id, other, epoch, origin, openSocket: jar.openSocket });
  return { phone, jar };
}

async function post(jar: Jar, path: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const answer = await jar.fetch(balancer.origin + path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
  return await answer.json();
}

/** Everybody's pages ask all the time, each request on a connection of its own. */
function keepAsking(jars: Jar[]): { stop(): Promise<{ well: number; failed: string[] }> } {
  const asked: Promise<void>[] = [];
  const failed: string[] = [];
  let well = 0;

  async function ask(jar: Jar | undefined): Promise<void> {
    try {
      const answer = await jar?.fetch(`${balancer.origin}/api/conversations`, {});
      await answer?.text();
      if (answer?.ok === true) well += 1;
      else failed.push(`answered ${answer?.status}`);
    } catch (error) {
      failed.push(String(error));
    }
  }

  const timer = setInterval(() => asked.push(ask(jars[asked.length % jars.length])), ASK_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(asked);
      return { well, failed };
    },
  };
}

/** Texts that a user's inbox holds, in its order. */
async function storedFor(sql: postgres.Sql, user: UserId): Promise<string[]> {
  const rows = await sql<{ body: string }[]>`
    select m.body from inbox i join messages m on m.conversation_id = i.conversation_id and m.seq = i.seq
    where i.user_id = ${user} and i.kind = 'message' order by i.cursor`;
  return rows.map(({ body }) => body);
}

function disposable(sql: postgres.Sql) {
  return { sql, [Symbol.asyncDispose]: () => sql.end() };
}

function named(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: the gate sets it`);
  return value;
}
