/** An instance to be attacked, in a process of its own, with a mail server beside it in another; and people on it. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Epoch, UserId } from "#protocol/ids.ts";
import { freePort } from "../../infra/gate/ports.ts";
import { freshDatabase } from "../stack/borrowed.ts";
import { runProgram, startProgram } from "../stack/program.ts";
import type { Plant } from "./planted.ts";

const KEY_BYTES = 32;
const PLANTED = resolve(import.meta.dirname, "planted.ts");

/** What is measured here is not held up by what is for the unit tests. */
const NO_THROTTLES = {
  REQUESTS_PER_IP_SECOND: "1000000",
  REQUESTS_PER_PERSON_SECOND: "1000000",
  CODES_PER_IP_HOUR: "1000000",
  CODES_PER_MINUTE: "1000000",
  CODES_PER_NUMBER_HOUR: "1000000",
  TRIES_PER_IP_HOUR: "1000000",
  MAILS_PER_HOUR: "1000000",
};

/** The product's own limits, as nobody changed them. */
export const OWN_LIMITS = Object.fromEntries(Object.keys(NO_THROTTLES).map((name) => [name, ""]));

export interface Target extends AsyncDisposable {
  url: string;
  port: number;
  /** People in pairs of contacts, each with a session. */
  people(count: number): Promise<Somebody[]>;
  /** Invites of `by`, as many as are wanted of each kind. */
  invites(by: UserId, counts: Partial<Record<keyof Tokens, number>>): Promise<Tokens>;
}

/** Tokens of invites, by what became of them. */
export interface Tokens {
  open: string[];
  used: string[];
  expired: string[];
}

export interface Somebody {
  id: UserId;
  phone: string;
  email: string;
  epoch: Epoch;
  cookie: string;
}

export interface TargetOptions {
  /** Names its logs. */
  name: string;
  /** A bug in it. */
  plant?: Plant;
  env?: Record<string, string>;
}

/** On a database of its own in the Postgres of the tests. */
export async function startTarget({ name, plant, env }: TargetOptions): Promise<Target> {
  await using undo = new AsyncDisposableStack();
  const database = undo.use(await freshDatabase(named("TEST_DATABASE_URL")));
  const dataDir = await mkdtemp(join(tmpdir(), "parley-attacks-"));
  undo.defer(() => rm(dataDir, { recursive: true, force: true }));
  const [port, smtp, http] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const mailbox = await startProgram({
    name: `${name}-mail`,
    args: ["server/mail/catch.ts", "--smtp", String(smtp), "--http", String(http)],
    env: {},
    readyUrl: `http://127.0.0.1:${http}/dev/mail.json`,
  });
  undo.defer(() => mailbox.stop());
  const all = {
    ...NO_THROTTLES,
    PORT: String(port),
    HOST: "127.0.0.1",
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    SMTP_URL: `smtp://127.0.0.1:${smtp}`,
    PARLEY_KEYS: `k1:${randomBytes(KEY_BYTES).toString("base64")}`,
    METRICS_PORT: "off",
    TRUSTED_PROXIES: "127.0.0.1",
    ...env,
  };
  await runProgram(["server/main.ts", "migrate"], all);
  const preload = plant === undefined ? [] : ["--preload", PLANTED];
  const program = await startProgram({
    name,
    args: [...preload, "server/main.ts", "serve"],
    env: plant === undefined ? all : { ...all, PLANT: JSON.stringify(plant) },
    readyUrl: `${url}/health/ready`,
  });
  undo.defer(() => program.stop());

  let lastNumber = 0;
  async function people(count: number): Promise<Somebody[]> {
    const args = ["--pairs", String(Math.ceil(count / 2)), "--first", String(lastNumber + 1), "--sessions"];
    lastNumber += count;
    const printed = await runProgram(["server/testing/crowd.ts", ...args], all);
    return printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Somebody);
  }

  async function invites(by: UserId, counts: Partial<Record<keyof Tokens, number>>): Promise<Tokens> {
    const args = Object.entries(counts).flatMap(([kind, count]) => [`--${kind}`, String(count)]);
    return JSON.parse(await runProgram(["server/testing/invites.ts", "--by", by, ...args], all)) as Tokens;
  }

  const running = undo.move();
  return { url, port, people, invites, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function named(variable: string): string {
  const value = process.env[variable];
  if (!value)
    throw new Error(`${variable} is not set: the gate sets it, or \`bun infra/gate/services.ts\` prints it`);
  return value;
}
