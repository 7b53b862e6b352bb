/**
 * `bun run secrets --dir FOLDER`: makes the secrets that are missing, and leaves alone what is there. Each reader has a folder
 * of its own, so that a container can be given what it needs and nothing else. The stock Bun image runs this file by itself,
 * before anything is installed or built, so it imports nothing that needs installing.
 */
import { createECDH, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;
const KEY_BYTES = 32;
const PASSWORD_BYTES = 24;

interface Secret {
  /** Below the folder; the first part names the reader. */
  path: string;
  /** What it is, given those that stand before it. */
  make: (made: (path: string) => Promise<string>) => Promise<string> | string;
}

/** In the order in which they build on one another. */
const SECRETS: Secret[] = [
  { path: "postgres/password", make: password },
  { path: "postgres/parley_password", make: password },
  { path: "redis/password", make: password },
  { path: "redis/redis.conf", make: async (made) => `requirepass ${await made("redis/password")}` },
  {
    path: "parley/database_url",
    make: async (made) => `postgres://parley:${await made("postgres/parley_password")}@postgres:5432/parley`,
  },
  { path: "parley/redis_url", make: async (made) => `redis://:${await made("redis/password")}@redis:6379` },
  { path: "parley/vapid_key", make: vapidKey },
  { path: "parley/keys", make: () => `k1:${randomBytes(KEY_BYTES).toString("base64")}` },
];

export interface SecretsOptions {
  /** User ids by reader: its files are given to that user, which takes root. */
  owners?: ReadonlyMap<string, number>;
}

/** Makes what is missing below `folder`, and returns the paths of what it made. Racing runs end up with the same secrets. */
export async function makeSecrets(folder: string, { owners }: SecretsOptions = {}): Promise<string[]> {
  const made: string[] = [];
  const read = async (path: string) => (await readFile(join(folder, path), "utf8")).trim();
  for (const { path, make } of SECRETS) {
    const file = join(folder, path);
    if (existsSync(file)) continue;
    await mkdir(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
    const text = await make(read);
    if (await writeOnce(file, { text, owner: owners?.get(dirname(path)) })) made.push(path);
  }
  return made;
}

/** For notifications: a private key on the curve P-256, of whole length. */
function vapidKey(): string {
  const pair = createECDH("prime256v1");
  pair.generateKeys();
  return Buffer.from(pair.getPrivateKey("hex").padStart(2 * KEY_BYTES, "0"), "hex").toString("base64url");
}

function password(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}

/** Written aside and linked into place: whoever reads sees the whole file, and what is there is never replaced. */
async function writeOnce(
  file: string,
  { text, owner }: { text: string; owner: number | undefined },
): Promise<boolean> {
  const aside = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    const handle = await open(aside, "wx", OWNER_ONLY_FILE);
    await handle.writeFile(`${text}\n`);
    await handle.sync();
    await handle.close();
    if (owner !== undefined) await chown(aside, owner, owner);
    await link(aside, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** `--dir FOLDER [--owner READER=UID …]` */
function readArguments(args: string[]): { dir: string; owners: Map<string, number> } {
  const { values } = parseArgs({
    args,
    options: { dir: { type: "string" }, owner: { type: "string", multiple: true, default: [] } },
  });
  if (values.dir === undefined) throw new Error("name the folder: bun run secrets --dir FOLDER");
  const owners = values.owner.map((given) => {
    const [reader = "", uid = ""] = given.split("=", 2);
    if (!/^\d+$/.test(uid)) throw new Error(`--owner must be READER=UID, not ${given}`);
    return [reader, Number(uid)] as const;
  });
  return { dir: values.dir, owners: new Map(owners) };
}

if (import.meta.main) {
  const { dir, owners } = readArguments(process.argv.slice(2));
  const made = await makeSecrets(dir, { owners });
  process.stdout.write(made.length === 0 ? "All secrets are there.\n" : `Made ${made.join(", ")}.\n`);
}
