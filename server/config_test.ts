import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, readConfig } from "./config.ts";

const KEY = Buffer.from(Uint8Array.from({ length: 32 }, (_, at) => at * 7)).toString("base64");
const PRODUCTION = {
  NODE_ENV: "production",
  PUBLIC_ORIGIN: "https://chat.example.org",
  DATABASE_URL: "postgres://parley@db/parley",
  REDIS_URL: "redis://redis",
  KAFKA_BROKERS: "a:9092, b:9092",
  SMTP_URL: "smtps://mail.example.org",
  PARLEY_KEYS: `k2:${KEY},k1:${KEY}`,
};

describe("readConfig", () => {
  test("runs embedded when nothing is set", () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      databaseUrl: null,
      redisUrl: null,
      kafka: null,
      smtpUrl: null,
      keys: null,
    });
    expect(config).toMatchObject({ production: false, port: 3000, host: "localhost", demo: true });
    expect(config.metricsPort).toBeNull();
  });

  test("reads a production configuration", () => {
    const config = readConfig(PRODUCTION);
    expect(config).toMatchObject({ production: true, host: "0.0.0.0", demo: false, metricsPort: 9464 });
    expect(config.kafka).toMatchObject({ brokers: ["a:9092", "b:9092"], topicPrefix: "parley" });
    expect(config.keys?.map((key) => [key.id, key.bytes.length])).toEqual([
      ["k2", 32],
      ["k1", 32],
    ]);
  });

  test("refuses production on embedded parts, naming each that is missing", () => {
    const problems = problemsOf({ NODE_ENV: "production" });
    for (const name of Object.keys(PRODUCTION).filter((name) => name !== "NODE_ENV")) {
      expect(problems).toContain(`${name} must be set in production`);
    }
    expect(readConfig({ NODE_ENV: "production", ALLOW_EMBEDDED: "true" }).databaseUrl).toBeNull();
  });

  test("reports every problem at once, and no value", () => {
    const problems = problemsOf({
      PORT: "99999",
      DEMO: "perhaps",
      DATABASE_URL: "mysql://secret-host/x",
      PUBLIC_ORIGIN: "https://chat.example.org/secret-path",
      SENDS_PER_SECOND: "1.5",
      PURGE_SCHEDULE: "every now and then",
      PARLEY_KEYS: "k1:c2VjcmV0",
    });
    for (const name of [
      "PORT",
      "DEMO",
      "DATABASE_URL",
      "PUBLIC_ORIGIN",
      "SENDS_PER_SECOND",
      "PARLEY_KEYS",
      "PURGE_SCHEDULE",
    ]) {
      expect(problems).toContain(name);
    }
    expect(problems).not.toMatch(/secret|99999|perhaps|c2Vj/);
  });

  test("opens the metrics' port where it is told to, or not at all", () => {
    const metricsPort = (env: Record<string, string>) => readConfig(env).metricsPort;
    expect(metricsPort({ METRICS_PORT: "9000" })).toBe(9000);
    expect(metricsPort({ METRICS_PORT: "0" })).toBe(0);
    expect(metricsPort({ METRICS_PORT: "off" })).toBeNull();
    expect(metricsPort({ ...PRODUCTION, METRICS_PORT: "off" })).toBeNull();
    expect(problemsOf({ METRICS_PORT: "many" })).toContain("METRICS_PORT must be off, or a whole number");
  });

  test("wants keys of its own with a database of its own", () => {
    expect(problemsOf({ DATABASE_URL: "postgres://db/parley" })).toContain("PARLEY_KEYS must be set");
  });

  test("refuses a key that was not drawn at random, naming it", () => {
    const typed = Buffer.from("correct horse battery staple and").toString("base64");
    const zeros = Buffer.from(new Uint8Array(32)).toString("base64");
    const problems = problemsOf({ PARLEY_KEYS: `good:${KEY},typed:${typed},zeros:${zeros}` });
    expect(problems).toContain("weak key, typed");
    expect(problems).toContain("weak key, zeros");
    expect(problems).not.toContain("good");
    expect(problems).not.toContain(typed);
  });

  test("refuses a password that can be guessed from another machine, in production", () => {
    const weak = { DATABASE_URL: "postgres://parley:guessme@db/parley", REDIS_URL: "redis://:guessme@redis" };
    const problems = problemsOf({ ...PRODUCTION, ...weak });
    expect(problems).toContain("DATABASE_URL has a weak password");
    expect(problems).toContain("REDIS_URL has a weak password");
    expect(problems).not.toContain("guessme");
    expect(readConfig({ ...PRODUCTION, ...weak, NODE_ENV: "test" }).redisUrl).toBe(weak.REDIS_URL);

    const local = {
      DATABASE_URL: "postgres://parley:short@127.0.0.1/parley",
      REDIS_URL: "redis://:short@[::1]",
    };
    expect(readConfig({ ...PRODUCTION, ...local }).redisUrl).toBe(local.REDIS_URL);
  });

  describe("with secrets in files", () => {
    test("reads each from the file that its variable names", async () => {
      using folder = tempFolder();
      const { PARLEY_KEYS, DATABASE_URL, REDIS_URL, SMTP_URL, ...rest } = PRODUCTION;
      const files = await written(folder.path, { PARLEY_KEYS, DATABASE_URL, REDIS_URL, SMTP_URL });
      expect(readConfig({ ...rest, ...files })).toEqual(readConfig(PRODUCTION));
    });

    test("refuses a secret that is given twice, and tells no content", async () => {
      using folder = tempFolder();
      const files = await written(folder.path, { REDIS_URL: "redis://secret-host" });
      const problems = problemsOf({ ...PRODUCTION, ...files });
      expect(problems).toContain("REDIS_URL and REDIS_URL_FILE are both set");
      expect(problems).not.toContain("secret-host");
    });

    test("names the variable of a file that is missing, empty or wrong, and no content", async () => {
      using folder = tempFolder();
      const files = await written(folder.path, { REDIS_URL: "http://secret-host", PARLEY_KEYS: " " });
      const problems = problemsOf({ DATABASE_URL_FILE: join(folder.path, "absent"), ...files });
      expect(problems).toContain("DATABASE_URL_FILE names a file that cannot be read (ENOENT)");
      expect(problems).toContain("PARLEY_KEYS_FILE names a file that is empty");
      expect(problems).toContain("REDIS_URL must be a URL");
      expect(problems).not.toContain("secret-host");
    });
  });

  test("reads only variables that .env.example documents, and all of them", async () => {
    const example = await Bun.file(join(import.meta.dirname, "../.env.example")).text();
    const documented = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name = ""]) => name);
    const read = new Set<string>();
    const recording = new Proxy<Record<string, string>>(
      { ...PRODUCTION },
      {
        get(target, name: string) {
          read.add(name);
          return target[name];
        },
      },
    );
    readConfig(recording);
    expect([...read].toSorted()).toEqual(documented.toSorted());
  });
});

function tempFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "parley-secrets-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** The secrets as files in `folder`, with the variables that name them. */
async function written(folder: string, secrets: Record<string, string>): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [name, secret] of Object.entries(secrets)) {
    const path = join(folder, name.toLowerCase());
    await Bun.write(path, `${secret}\n`);
    variables[`${name}_FILE`] = path;
  }
  return variables;
}

function problemsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}
