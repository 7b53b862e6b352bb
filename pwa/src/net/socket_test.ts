import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CLOSE } from "#protocol/close_codes.ts";
import type { ServerFrame } from "#protocol/frames.ts";
import { HEARTBEAT_MS } from "#protocol/limits.ts";
import { createLog } from "../testing/log.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { createListeners } from "./listeners.ts";
import { Socket } from "./socket.ts";
import type { SocketState } from "./socket.ts";

let time: BorrowedTime;
let server: TestServer;
let socket: Socket;
let states: SocketState[];
let said: string[];
let random: number;
let url: string;
const moves = createListeners<SocketState>();
const frames = createListeners<ServerFrame>();

beforeEach(() => {
  time = borrowTime();
  server = startServer(createLog({ now: time.now }));
  states = [];
  said = [];
  random = 0.5;
  url = server.url;
});

afterEach(async () => {
  socket.stop();
  await server.stop();
});

function open(): void {
  socket = new Socket(
    {
      url,
      build: "2026-11-22T00:00:00.000Z",
      openSocket: (address) => new WebSocket(address),
      time,
      random: () => random,
    },
    {
      position: () => ({ epoch: null, cursor: 7 }),
      frame(frame) {
        if (frame.type === "welcome") socket.caughtUp();
        frames.tell(frame);
      },
      moved(state) {
        states.push(state);
        moves.tell(state);
      },
      sessionEnded: () => void said.push("session ended"),
      outdated: () => void said.push("outdated"),
      refused: () => void said.push("refused"),
    },
  );
  socket.start();
}

function reaches(state: SocketState): Promise<void> {
  return new Promise((resolve) => {
    const stop = moves.add((now) => {
      if (now !== state) return;
      stop();
      resolve();
    });
  });
}

function hears(type: ServerFrame["type"]): Promise<void> {
  return new Promise((resolve) => {
    const stop = frames.add((frame) => {
      if (frame.type !== type) return;
      stop();
      resolve();
    });
  });
}

async function goLive(): Promise<void> {
  const live = reaches("live");
  open();
  await live;
}

async function closedWith(code: number, state: SocketState): Promise<void> {
  const moved = reaches(state);
  server.closeAll(code);
  await moved;
}

describe("connecting", () => {
  test("says hello first, and is live once nothing is missing", async () => {
    await goLive();
    expect(states).toEqual(["connecting", "resuming", "live"]);
    expect(server.heard[0]).toEqual({
      type: "hello",
      protocol: 1,
      build: "2026-11-22T00:00:00.000Z",
      epoch: null,
      cursor: 7,
    });
  });

  test("gives up a socket that does not open within five seconds", async () => {
    // A server that takes the connection and never answers the upgrade.
    using mute = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    url = `ws://127.0.0.1:${mute.port}`;
    open();
    time.pass(4_999);
    expect(states).toEqual(["connecting"]);
    time.pass(1);
    expect(states).toEqual(["connecting", "waiting"]);
    expect(said).toEqual(["refused"]);
  });

  test("gives up a server that opens and does not answer hello", async () => {
    server.deaf = true;
    open();
    await server.until(() => server.heard.length === 1);
    const waiting = reaches("waiting");
    time.pass(10_000);
    await waiting;
    expect(said).toEqual([]);
  });

  test("an upgrade that failed raises the question whether the session is gone", async () => {
    server.signedIn = false;
    const waiting = reaches("waiting");
    open();
    await waiting;
    expect(said).toEqual(["refused"]);
  });

  test("a server that wants a newer build is told of, and served meanwhile", async () => {
    server.minBuild = "2026-11-23";
    await goLive();
    expect(said).toEqual(["outdated"]);
  });
});

describe("coming back", () => {
  test("waits longer after each failure in a row, and starts over after a good connection", async () => {
    server.down = true;
    const delays: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const waiting = reaches("waiting");
      if (round === 0) open();
      else time.pass(delays.at(-1) ?? 0);
      await waiting;
      delays.push((socket.retryAt ?? 0) - time.now());
    }
    expect(delays).toEqual([250, 500, 1_000]);
    server.down = false;
    const live = reaches("live");
    time.pass(1_000);
    await live;
    time.pass(10_000);
    await closedWith(CLOSE.draining, "waiting");
    expect((socket.retryAt ?? 0) - time.now()).toBe(250);
  });

  test("a connection that never lasts does not start the backoff over", async () => {
    await goLive();
    await closedWith(CLOSE.fault, "waiting");
    const live = reaches("live");
    time.pass(250);
    await live;
    await closedWith(CLOSE.fault, "waiting");
    expect((socket.retryAt ?? 0) - time.now()).toBe(500);
  });

  test("a reason to hope ends the wait at once", async () => {
    await goLive();
    await closedWith(CLOSE.silent, "waiting");
    const live = reaches("live");
    socket.check();
    expect(states.at(-1)).toBe("connecting");
    await live;
  });

  test("after `bye` it leaves at a random moment within the time named, and comes back at once", async () => {
    await goLive();
    const bye = hears("bye");
    server.say({ type: "bye", reason: "draining", withinMs: 4_000 });
    await bye;
    time.pass(1_999);
    expect(socket.state).toBe("live");
    const live = reaches("live");
    time.pass(1);
    expect(socket.state).toBe("connecting");
    await live;
  });

  test("when the server closes before that moment, the moment stays", async () => {
    await goLive();
    const bye = hears("bye");
    server.say({ type: "bye", reason: "draining", withinMs: 4_000 });
    await bye;
    await closedWith(CLOSE.draining, "waiting");
    expect((socket.retryAt ?? 0) - time.now()).toBe(2_000);
  });

  test("a clock that is put back meanwhile does not move that moment away", async () => {
    await goLive();
    const bye = hears("bye");
    server.say({ type: "bye", reason: "draining", withinMs: 4_000 });
    await bye;
    time.jump(-60 * 60 * 1_000);
    await closedWith(CLOSE.draining, "waiting");
    expect((socket.retryAt ?? 0) - time.now()).toBe(2_000);
  });

  test("a network that is gone ends the connection at once, and trying goes on", async () => {
    await goLive();
    socket.gone();
    expect(states.at(-1)).toBe("waiting");
    const live = reaches("live");
    time.pass(250);
    await live;
  });

  test("who stops stays away", async () => {
    await goLive();
    await closedWith(CLOSE.draining, "waiting");
    socket.stop();
    time.pass(60_000);
    expect(states.at(-1)).toBe("idle");
    expect(time.waiting()).toBe(0);
  });
});

describe("a close code that means don't come back", () => {
  test.each([
    ["signed out", CLOSE.signedOut, ["session ended"]],
    ["revoked", CLOSE.revoked, ["session ended"]],
    ["outdated", CLOSE.outdated, ["outdated"]],
    ["bad frame", CLOSE.badFrame, []],
  ] as const)("%s is obeyed", async (_name, code, consequence) => {
    await goLive();
    await closedWith(code, "stopped");
    expect(said).toEqual([...consequence]);
    socket.check();
    time.pass(60_000);
    expect(socket.state).toBe("stopped");
  });

  test("a person may try all the same", async () => {
    await goLive();
    await closedWith(CLOSE.badFrame, "stopped");
    const live = reaches("live");
    socket.tryNow();
    await live;
  });
});

describe("a connection that died without a word", () => {
  test("is pinged with the cursor at every heartbeat, and answers keep it alive", async () => {
    await goLive();
    for (let beat = 1; beat <= 3; beat += 1) {
      const pong = hears("pong");
      time.pass(HEARTBEAT_MS);
      await pong;
    }
    time.pass(20_000);
    expect(socket.state).toBe("live");
    expect(server.heardOf("ping")).toEqual(Array.from({ length: 3 }, () => ({ type: "ping", cursor: 7 })));
  });

  test("is found out ten seconds after a heartbeat", async () => {
    await goLive();
    server.deaf = true;
    time.pass(HEARTBEAT_MS + 9_999);
    expect(socket.state).toBe("live");
    time.pass(1);
    expect(socket.state).toBe("waiting");
  });

  test("is found out three seconds after a check, however often it is checked", async () => {
    await goLive();
    server.deaf = true;
    for (let check = 0; check < 3; check += 1) {
      socket.check();
      time.pass(1_000);
    }
    expect(socket.state).toBe("waiting");
  });

  test("that is alive after all passes the check", async () => {
    await goLive();
    const pong = hears("pong");
    socket.check();
    await pong;
    time.pass(3_000);
    expect(socket.state).toBe("live");
  });
});

describe("a page that is put away", () => {
  test("has no socket and opens none, until it is looked at again", async () => {
    await goLive();
    socket.rest();
    expect([socket.state, socket.retryAt]).toEqual(["idle", null]);
    await server.until(() => server.sockets() === 0);
    time.pass(60_000);
    socket.tryNow();
    expect(socket.state).toBe("idle");
    const live = reaches("live");
    socket.check();
    await live;
    expect(server.heardOf("hello")).toHaveLength(2);
  });

  test("does not go on waiting for the next attempt either", async () => {
    await goLive();
    await closedWith(CLOSE.draining, "waiting");
    socket.rest();
    time.pass(60_000);
    expect(socket.state).toBe("idle");
  });

  test("stays away when it was told to, or let go", async () => {
    await goLive();
    await closedWith(CLOSE.badFrame, "stopped");
    socket.rest();
    socket.check();
    expect(socket.state).toBe("stopped");
    socket.stop();
    socket.rest();
    socket.check();
    expect(socket.state).toBe("idle");
  });
});

test("commands are sent only while there is a connection", async () => {
  await goLive();
  expect(socket.say({ type: "presence", state: "online" })).toBe(true);
  await closedWith(CLOSE.draining, "waiting");
  expect(socket.say({ type: "presence", state: "online" })).toBe(false);
});
