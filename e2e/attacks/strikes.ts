/** Attacks on an instance: what strangers can do, and what people who are signed in can. */
import { frame, openRawWebSocket, openSocket, upgradeHead } from "./raw_socket.ts";
import type { RawSocket } from "./raw_socket.ts";
import { PROTOCOL } from "#protocol/limits.ts";

export interface Strike {
  url: string;
  /** Of people who are signed in. */
  cookies: string[];
  /** When to stop. */
  untilMs: number;
}

/** How often what happened. */
export type Outcome = Record<string, number>;

export type StrikeName = keyof typeof STRIKES;

const HALF_OPEN = 10_000;
const SLOW = 500;
const GREEDY = 1_000;
const AT_ONCE = 64;
const CONNECTS_AT_ONCE = 200;
const TRICKLE_EVERY_MS = 500;
const PIPELINED = 2_000;
const PIPELINES = 100;

export const STRIKES = {
  /** Connections that begin an upgrade and never end it. */
  async "half-open upgrades"({ url, untilMs }: Strike): Promise<Outcome> {
    const head = upgradeHead(url, "parley=x").slice(0, -2);
    const sockets = await openMany(url, HALF_OPEN);
    for (const { socket } of sockets) socket.write(head);
    await allClosed(sockets, untilMs);
    return { opened: sockets.length, closed: closedOf(sockets) };
  },

  /** Heads that come a line at a time. */
  async "slow heads"({ url, untilMs }: Strike): Promise<Outcome> {
    const { host } = new URL(url);
    const sockets = await openMany(url, SLOW);
    for (const { socket } of sockets) socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n`);
    const trickling = trickle(sockets, "X-Slow: 1\r\n");
    await allClosed(sockets, untilMs);
    clearInterval(trickling);
    return { opened: sockets.length, closed: closedOf(sockets) };
  },

  /** Bodies that come a byte at a time. */
  async "slow bodies"({ url, untilMs }: Strike): Promise<Outcome> {
    const { host } = new URL(url);
    const head = `POST /api/auth/code HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${url}\r\nContent-Type: application/json\r\n`;
    const sockets = await openMany(url, SLOW);
    for (const { socket } of sockets) socket.write(`${head}Content-Length: 2000\r\n\r\n{`);
    const trickling = trickle(sockets, " ");
    await allClosed(sockets, untilMs);
    clearInterval(trickling);
    return { opened: sockets.length, closed: closedOf(sockets) };
  },

  /** One person with as many sockets as they get, none of which says hello. */
  async "sockets without end"({ url, cookies: [cookie = ""], untilMs }: Strike): Promise<Outcome> {
    const sockets: RawSocket[] = [];
    let refused = 0;
    await inTurns(GREEDY, async () => {
      try {
        sockets.push(await openRawWebSocket(url, cookie));
      } catch {
        refused += 1;
      }
    });
    await allClosed(sockets, untilMs);
    return { accepted: sockets.length, refused, closed: closedOf(sockets) };
  },

  /** Commands as fast as the line takes them, by several people. */
  async "commands without pause"({ url, cookies, untilMs }: Strike): Promise<Outcome> {
    const ping = frame(JSON.stringify({ type: "ping", cursor: 0 }));
    const burst = Buffer.concat(Array.from({ length: 100 }, () => ping));
    return floodSockets({ url, cookies, untilMs }, burst);
  },

  /** WebSocket pings, which the runtime answers by itself, from somebody who reads no answers. */
  async "control frames without pause"({ url, cookies, untilMs }: Strike): Promise<Outcome> {
    const ping = frame("x".repeat(125), { opcode: 9 });
    const burst = Buffer.concat(Array.from({ length: 100 }, () => ping));
    return floodSockets({ url, cookies, untilMs, deaf: true }, burst);
  },

  /** Resumes as fast as the line takes them. */
  async "hello without pause"({ url, cookies, untilMs }: Strike): Promise<Outcome> {
    const hello = frame(
      JSON.stringify({ type: "hello", protocol: PROTOCOL, build: "9", epoch: null, cursor: 0 }),
    );
    return floodSockets({ url, cookies, untilMs }, Buffer.concat(Array.from({ length: 20 }, () => hello)));
  },

  /** The heaviest thing that a signed-in person can ask for, over and over. */
  "snapshots without pause": ({ url, cookies: [cookie = ""], untilMs }: Strike) =>
    floodRequests(untilMs, () => fetch(`${url}/api/snapshot`, { headers: { cookie } })),

  /** Health, which asks every dependency, and needs nobody to be signed in. */
  "health without pause": ({ url, untilMs }: Strike) =>
    floodRequests(untilMs, () => fetch(`${url}/health/ready`)),

  /** Cookies that open nothing. */
  "forged cookies without pause": ({ url, untilMs }: Strike) =>
    floodRequests(untilMs, () =>
      fetch(`${url}/api/me`, { headers: { cookie: `parley=${crypto.randomUUID()}` } }),
    ),

  /** Codes for numbers that nobody has. */
  "codes without pause": ({ url, untilMs }: Strike) =>
    floodRequests(untilMs, () =>
      fetch(`${url}/api/auth/code`, {
        method: "POST",
        headers: { origin: url, "content-type": "application/json" },
        body: JSON.stringify({ phone: `+1212${Math.floor(2e6 + Math.random() * 7e6)}` }),
      }),
    ),

  /** Requests one after another on a line whose answers nobody reads. */
  async "answers that nobody reads"({ url, untilMs }: Strike): Promise<Outcome> {
    const { host } = new URL(url);
    const request = `GET /openapi.json HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const sockets = await openMany(url, PIPELINES);
    for (const { socket } of sockets) {
      socket.pause();
      socket.write(request.repeat(PIPELINED));
    }
    await until(untilMs);
    return { opened: sockets.length };
  },
} as const satisfies Record<string, (strike: Strike) => Promise<Outcome>>;

/** Writes the burst over and over to a socket of each person, opening a new one when one is closed. */
async function floodSockets(
  { url, cookies, untilMs, deaf = false }: Strike & { deaf?: boolean },
  burst: Buffer,
): Promise<Outcome> {
  const outcome: Outcome = { opened: 0, refused: 0, bursts: 0 };
  const hello = JSON.stringify({ type: "hello", protocol: PROTOCOL, build: "9", epoch: null, cursor: 0 });
  const count = (what: string) => (outcome[what] = (outcome[what] ?? 0) + 1);
  await Promise.all(
    cookies.map(async (cookie) => {
      while (Date.now() < untilMs) {
        let raw: RawSocket;
        try {
          raw = await openRawWebSocket(url, cookie);
        } catch {
          count("refused");
          await Bun.sleep(10);
          continue;
        }
        count("opened");
        raw.socket.write(frame(hello));
        if (deaf) raw.socket.pause();
        while (Date.now() < untilMs && !raw.socket.destroyed) {
          count("bursts");
          if (!raw.socket.write(burst)) {
            const drained = new Promise<void>((resolve) => raw.socket.once("drain", () => resolve()));
            await Promise.race([drained, raw.closed, Bun.sleep(100)]);
          }
          await Bun.sleep(0);
        }
        raw.socket.destroy();
      }
    }),
  );
  return outcome;
}

/** Asks over and over, many at once, and counts the answers by their status. */
async function floodRequests(untilMs: number, ask: () => Promise<Response>): Promise<Outcome> {
  const outcome: Outcome = {};
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (Date.now() < untilMs) {
        const status = await ask().then(
          async (response) => {
            await response.arrayBuffer();
            return String(response.status);
          },
          () => "cut off",
        );
        outcome[status] = (outcome[status] ?? 0) + 1;
      }
    }),
  );
  return outcome;
}

async function openMany(url: string, count: number): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  await inTurns(count, async () => void sockets.push(await openSocket(url)));
  return sockets;
}

async function inTurns(count: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: CONNECTS_AT_ONCE }, async () => {
      while (left-- > 0) await work();
    }),
  );
}

/** Resolves when the server has closed them all, or it is time to stop. */
async function allClosed(sockets: RawSocket[], untilMs: number): Promise<void> {
  await Promise.race([Promise.all(sockets.map(({ closed }) => closed)), until(untilMs)]);
}

function trickle(sockets: RawSocket[], piece: string): ReturnType<typeof setInterval> {
  return setInterval(() => {
    for (const { socket } of sockets) if (!socket.destroyed) socket.write(piece);
  }, TRICKLE_EVERY_MS);
}

function closedOf(sockets: RawSocket[]): number {
  return sockets.filter(({ socket }) => socket.destroyed).length;
}

async function until(ms: number): Promise<void> {
  await Bun.sleep(Math.max(0, ms - Date.now()));
}
