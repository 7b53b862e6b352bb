/**
 * A TCP proxy that does to connections what networks do. Each connection it carries has two ways, `up` to the service and
 * `down` from it, and each way can be slow, be held, or lose what it carries. A way that lost bytes cannot be mended, only
 * cut: nobody may see a stream with a gap.
 */
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";

export type Way = "up" | "down";

export interface Carried {
  /** Breaks it at once, for both sides. */
  cut(): void;
  /** Nothing passes this way any more, and nobody is told; `release` lets it go on. */
  hold(way: Way): void;
  release(way: Way): void;
  /** Everything this way takes so much longer. 0: no longer. */
  delay(way: Way, ms: number): void;
  /** What comes this way is thrown away from now on; ends with a cut. */
  lose(way: Way): void;
}

export interface Proxy {
  port: number;
  carried(): Carried[];
  /** While shut, new connections break at once. */
  shut(value: boolean): void;
  /** What happens to each new connection. */
  onNew(treat: ((carried: Carried) => void) | null): void;
  close(): Promise<void>;
}

/** `target` names the port to connect to, anew for each connection; null breaks it. */
export async function startProxy(
  target: () => number | null,
  { port = 0 }: { port?: number } = {},
): Promise<Proxy> {
  const all = new Set<Carried>();
  let isShut = false;
  let treat: ((carried: Carried) => void) | null = null;

  const server = createServer((inward) => {
    const to = isShut ? null : target();
    inward.on("error", () => inward.destroy());
    if (to === null) return void inward.destroy();
    const outward = connect({ host: "127.0.0.1", port: to });
    outward.on("error", () => outward.destroy());
    for (const socket of [inward, outward]) socket.setNoDelay(true);
    const [up, down] = [carry(inward, outward), carry(outward, inward)];
    const ways = { up, down };
    const cut = (): void => {
      all.delete(carried);
      for (const way of [up, down]) way.stop();
      inward.destroy();
      outward.destroy();
    };
    const carried: Carried = {
      cut,
      hold: (way) => ways[way].hold(),
      release: (way) => ways[way].release(),
      delay: (way, ms) => ways[way].delay(ms),
      lose: (way) => ways[way].lose(),
    };
    inward.once("close", () => (up.isHeld() ? undefined : cut()));
    outward.once("close", () => (down.isHeld() ? undefined : cut()));
    all.add(carried);
    treat?.(carried);
  });
  return {
    port: await listen(server, port),
    carried: () => [...all],
    shut: (value) => void (isShut = value),
    onNew: (next) => void (treat = next),
    close() {
      for (const carried of all) carried.cut();
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      return promise;
    },
  };
}

interface OneWay {
  hold(): void;
  release(): void;
  delay(ms: number): void;
  lose(): void;
  /** While held, even the end of the connection is not told to the other side. */
  isHeld(): boolean;
  stop(): void;
}

function carry(from: Socket, to: Socket): OneWay {
  let held = false;
  let losing = false;
  let delayMs = 0;
  /** What waits for its time, in order, one timer each. */
  const waiting: { chunk: Buffer; timer: ReturnType<typeof setTimeout> }[] = [];
  /** When the last of it is due. */
  let lastDueAt = 0;

  function write(chunk: Buffer): void {
    if (to.destroyed) return;
    if (!to.write(chunk)) {
      from.pause();
      to.once("drain", () => (held ? undefined : from.resume()));
    }
  }

  from.on("data", (chunk: Buffer) => {
    if (losing) return;
    const now = performance.now();
    const dueAt = Math.max(now + delayMs, lastDueAt);
    // Timers may be late: what is due now must not overtake what was due before.
    if (dueAt <= now && waiting.length === 0) return write(chunk);
    lastDueAt = dueAt;
    waiting.push({ chunk, timer: setTimeout(writeNext, dueAt - now) });
  });

  /** Whichever timer it was that rang. */
  function writeNext(): void {
    const next = waiting.shift();
    if (next) write(next.chunk);
  }

  return {
    hold() {
      held = true;
      from.pause();
    },
    release() {
      held = false;
      from.resume();
    },
    delay: (ms) => void (delayMs = ms),
    lose: () => void (losing = true),
    isHeld: () => held,
    stop() {
      for (const { timer } of waiting) clearTimeout(timer);
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a proxy listens on no port");
  return address.port;
}
