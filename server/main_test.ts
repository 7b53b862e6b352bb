/** The program as a container engine meets it: by command, environment, signal and exit code. */
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase, testKafka, testRedisDatabase } from "./testing/services.ts";
import type { TestDatabase } from "./testing/services.ts";

const MAIN = join(import.meta.dirname, "main.ts");

test("healthcheck ends with 0 when it is answered well, else with 1 and a reason", async () => {
  let status = 200;
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(null, { status }),
  });
  const url = `http://127.0.0.1:${server.port}/health/ready`;
  expect(await run(["healthcheck", url])).toEqual({ code: 0, errors: "", words: "" });
  expect(await run(["healthcheck"], { HOST: "127.0.0.1", PORT: String(server.port) })).toMatchObject({
    code: 0,
  });
  status = 503;
  expect(await run(["healthcheck", url])).toMatchObject({ code: 1, errors: `${url} answered 503\n` });
});

test("a start with a missing and a weak secret is refused, and says which", async () => {
  const weak = { PARLEY_KEYS: `k1:${Buffer.alloc(32).toString("base64")}` };
  const { code, errors } = await run(["serve"], { NODE_ENV: "production", ...weak });
  expect(code).toBe(1);
  expect(errors).toContain("DATABASE_URL must be set in production");
  expect(errors).toContain("PARLEY_KEYS has a weak key, k1");
});

test("what is out of reach at the start is told in a sentence with its reason, and nothing else", async () => {
  const keys = `t1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`;
  const nowhere = { DATABASE_URL: "postgres://parley:hidden@127.0.0.1:1/parley", PARLEY_KEYS: keys };
  for (const command of [["serve"], ["migrate"], ["admin", "user", "list"]]) {
    const { code, errors } = await run(command, nowhere);
    expect(code).toBe(1);
    expect(errors).toBe("Postgres at DATABASE_URL cannot be used.\n  connect ECONNREFUSED 127.0.0.1:1\n");
  }
});

test("a port that another program has is told as such", async () => {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "parley-main-"));
  undo.defer(() => rm(folder, { recursive: true }));
  await using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const env = { DATA_DIR: folder, HOST: "127.0.0.1", PORT: String(other.port) };
  const { code, errors } = await run(["serve"], env);
  expect(code).toBe(1);
  expect(errors).toEndWith(
    `Parley cannot listen on PORT ${other.port} of HOST 127.0.0.1.\n  Failed to start server. Is port ${other.port} in use?\n`,
  );
}, 60_000);

test("the mailbox needs no configuration, and ends well when it is told to", async () => {
  const mailbox = start(["mailbox", "--smtp", "0", "--http", "0"]);
  const reader = mailbox.stdout.getReader();
  const { value } = await reader.read();
  const { page } = JSON.parse(new TextDecoder().decode(value));
  expect((await fetch(page)).status).toBe(200);
  mailbox.kill("SIGTERM");
  expect(await mailbox.exited).toBe(0);
});

test("on real services every command writes its words, or JSON lines, and nothing else", async () => {
  await using database = await disposable(testDatabase({ migrated: false }));
  const kafka = testKafka();
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: await testRedisDatabase(),
    KAFKA_BROKERS: kafka.brokers.join(","),
    KAFKA_TOPIC_PREFIX: kafka.topicPrefix,
    KAFKA_PARTITIONS: String(kafka.partitions),
    PARLEY_KEYS: `t1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`,
    PORT: "0",
    HOST: "127.0.0.1",
  };
  const migrated = await run(["migrate"], env);
  expect(migrated).toMatchObject({ code: 0, errors: "" });
  expect(migrated.words).toContain("Applied 0001_start");
  const purged = await run(["purge", "--dry-run"], env);
  expect(purged).toMatchObject({ code: 0, errors: "" });
  expect(purged.words).toContain("No day is past the retention.");
  expect(purged.words).toMatch(new RegExp(`^ +${kafka.topicPrefix}.events +nothing left$`, "m"));

  const instance = start(["serve"], env);
  await instance.stdout.getReader().read();
  instance.kill("SIGTERM");
  const log = await instance.stderr.text();
  expect(await instance.exited).toBe(0);
  const messages = log
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).msg);
  expect(messages).toContain("listening");
  expect(messages.at(-1)).toBe("stopped");
}, 120_000);

async function disposable(opening: Promise<TestDatabase>) {
  const database = await opening;
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
}

/** Not what this shell may name: the program is ruled by `env` alone. */
function start(args: string[], env: Record<string, string> = {}) {
  return Bun.spawn([process.execPath, "--no-env-file", MAIN, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(args: string[], env?: Record<string, string>) {
  const program = start(args, env);
  const [words, errors, code] = await Promise.all([
    program.stdout.text(),
    program.stderr.text(),
    program.exited,
  ]);
  return { code, errors, words };
}
