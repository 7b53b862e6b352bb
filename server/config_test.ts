import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ConfigError, readConfig } from "./config.ts";

const KEY = Buffer.from(new Uint8Array(32)).toString("base64");
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
  });

  test("reads a production configuration", () => {
    const config = readConfig(PRODUCTION);
    expect(config).toMatchObject({ production: true, host: "0.0.0.0", demo: false });
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
      PARLEY_KEYS: "k1:c2VjcmV0",
    });
    for (const name of ["PORT", "DEMO", "DATABASE_URL", "PUBLIC_ORIGIN", "SENDS_PER_SECOND", "PARLEY_KEYS"]) {
      expect(problems).toContain(name);
    }
    expect(problems).not.toMatch(/secret|99999|perhaps|c2Vj/);
  });

  test("wants keys of its own with a database of its own", () => {
    expect(problemsOf({ DATABASE_URL: "postgres://db/parley" })).toContain("PARLEY_KEYS must be set");
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

function problemsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}
