/** The Postgres of the stack, seen from outside of the product: for the persisting floor, and for what it has written. */
import { join, resolve } from "node:path";
import postgres from "postgres";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Database {
  url: string;
  /** Path of the unix socket, where it listens on no port. */
  socket: string | null;
  /** Bytes of write-ahead log since the cluster was made. */
  walBytes(): Promise<number>;
  /** Settings that decide what a commit costs, in words. */
  durability(): Promise<string>;
  /** Resolves when the instances have published all that was left for them. */
  outboxEmpty(): Promise<void>;
  close(): Promise<void>;
}

const LOOK_AGAIN_MS = 100;

export async function openDatabase(env: Record<string, string>): Promise<Database> {
  const { url, socket } = await placeOf(env);
  const sql = postgres(url, { max: 1, onnotice: () => {}, ...(socket !== null && { path: socket }) });
  return {
    url,
    socket,
    async walBytes() {
      const [row] = await sql<{ bytes: string }[]>`
        select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as bytes`;
      return Number(row?.bytes);
    },
    async durability() {
      const [row] = await sql<{ version: string; fsync: string; commit: string }[]>`
        select current_setting('server_version') as version, current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as commit`;
      return `Postgres ${row?.version}, fsync ${row?.fsync}, synchronous_commit ${row?.commit}`;
    },
    async outboxEmpty() {
      while ((await sql`select from bus_outbox limit 1`).count > 0) await Bun.sleep(LOOK_AGAIN_MS);
    },
    close: () => sql.end(),
  };
}

async function placeOf(env: Record<string, string>): Promise<{ url: string; socket: string | null }> {
  const { DATABASE_URL: url, DATA_DIR: dataDir = "" } = env;
  if (url !== undefined) return { url, socket: null };
  // Only the product knows where the embedded one listens: a program of its own joins it and tells.
  const program = Bun.spawn([process.execPath, "server/testing/hold_postgres.ts", dataDir], {
    cwd: ROOT,
    stdout: "pipe",
  });
  const told = await firstLine(program.stdout);
  program.kill();
  await program.exited;
  const address = new URL((JSON.parse(told) as { url: string }).url);
  const folder = address.searchParams.get("host") ?? "";
  address.search = "";
  return { url: address.href, socket: join(folder, ".s.PGSQL.5432") };
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  throw new Error("the program that looks for the embedded Postgres said nothing");
}
