/**
 * One `postgres` process and its end. It must never outlive the server, however that ends, and must not stop before it:
 * - it runs in a session of its own, so that Ctrl-C in a terminal reaches the server only, which then stops it last;
 * - beside it waits a shell that reads from a pipe the server holds. When the server dies, even by SIGKILL, the pipe
 *   closes and the shell asks Postgres to stop. A line on the pipe says that nobody needs stopping any more.
 */
import type { Logger } from "pino";

/** `$$` stays the id of the shell that becomes Postgres. Forked twice: Postgres must not have a child it does not know. */
const GUARD = `
exec 3<&0 </dev/null
( { read -r _ <&3 || kill -INT $$; } >/dev/null 2>&1 & )
exec "$@" 3<&-`;
/** Lines of Postgres' own words that an error quotes. */
const TAIL_LINES = 20;
const FAST_STOP_WITHIN_MS = 20_000;

export interface Postmaster {
  pid: number;
  /** Resolves with its last words when the process has ended, for whatever reason. */
  ended: Promise<string>;
  /** Disconnects everyone, writes all to disk and ends. */
  stop(): Promise<void>;
}

/** Starts `command`, which is `postgres` or becomes it, under guard. Its output goes to the log, at debug. */
export function startGuarded(command: string[], { log }: { log: Logger }): Postmaster {
  const child = Bun.spawn(["sh", "-c", GUARD, "sh", ...command], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
    detached: true,
    cwd: "/",
    env: POSTGRES_ENV,
  });
  const ended = follow(child.stderr, log).then(async (lastWords) => {
    await child.exited;
    await release(child.stdin);
    return lastWords;
  });
  return {
    pid: child.pid,
    ended,
    async stop() {
      child.kill("SIGINT");
      const timer = setTimeout(() => child.kill("SIGQUIT"), FAST_STOP_WITHIN_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * What one statement needs stays with its process for the next. A send's statements take and free a few hundred kilobytes, and glibc
 * would give them back to the kernel each time, which fills them with zeros again: a sixth of Postgres' work for a message. Other
 * allocators do not know the variable.
 */
const MALLOC_TOP_PAD_BYTES = 1024 * 1024;

/** Nothing of our own environment: it may hold secrets, and `PG…` variables that would change how Postgres runs. */
export const POSTGRES_ENV = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
  MALLOC_TOP_PAD_: String(MALLOC_TOP_PAD_BYTES),
};

async function follow(output: ReadableStream<Uint8Array>, log: Logger) {
  const tail: string[] = [];
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) log.debug({ postgres: line }, "postgres says");
    tail.push(...lines);
    tail.splice(0, tail.length - TAIL_LINES);
  }
  return tail.join("\n");
}

async function release(stdin: Bun.FileSink) {
  try {
    stdin.write("\n");
    await stdin.end();
  } catch {
    // The guard is gone already: there is nothing left to release.
  }
}
