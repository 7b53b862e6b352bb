import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { CLOSE } from "#protocol/close_codes.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import {
  COMMAND_BURST,
  FLOOD_COSTS_RESUMES,
  HEARTBEAT_MS,
  HELLO_WITHIN_MS,
  RESUME_BURST,
  SILENCE_MS,
} from "#protocol/limits.ts";
import { quietLog } from "../testing/quiet.ts";
import { createAllowances } from "./allowance.ts";
import type { Allowance } from "./allowance.ts";
import { Connection } from "./connection.ts";
import type { TrafficWatch } from "./watch.ts";

const unwatched: TrafficWatch = { opened() {}, closed() {}, received() {}, sent() {} };
const ALICE = crypto.randomUUID() as UserId;
/** More than anybody may do or be refused. */
const TOO_OFTEN = COMMAND_BURST + 300;

let allowance: Allowance;
let connection: Connection;
let now: number;
let closed: number[];
let sent: number;

beforeEach(() => {
  jest.useFakeTimers();
  now = 0;
  const clock = () => now;
  const allowances = createAllowances({
    sendBurst: 40,
    sendsPerSecond: 10,
    requestsPerPersonSecond: 20,
    clock,
    throttled: () => {},
  });
  allowance = allowances(ALICE);
  connection = new Connection(
    { user: ALICE, session: crypto.randomUUID() as SessionId, allowance },
    {
      clock,
      log: quietLog,
      watch: unwatched,
      dispatch: async () => [],
      opened: () => {},
      closed: () => {},
      flushSoon: (own) => own.flush(),
    },
  );
  closed = [];
  sent = 0;
  const socket = {
    cork: (work: () => void) => work(),
    send: () => (sent += 1),
    close(code: number) {
      closed.push(code);
      connection.close(this as never, code, "");
    },
  };
  connection.open(socket as unknown as ServerWebSocket<unknown>);
});

afterEach(() => void jest.useRealTimers());

/** A while passes. */
function pass(ms: number): void {
  now += ms;
  jest.advanceTimersByTime(ms);
}

function says(frame: string): void {
  connection.message(null as never, frame);
}

/** Does it over and over, giving answers their turn, as a runtime does between messages. */
async function over(act: () => void): Promise<void> {
  for (let turn = 0; turn < TOO_OFTEN && closed.length === 0; turn++) {
    act();
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe("a connection is closed", () => {
  test("that has not said hello in time", () => {
    pass(HELLO_WITHIN_MS - 1);
    expect(closed).toEqual([]);
    pass(1);
    expect(closed).toEqual([CLOSE.silent]);
  });

  test("that does not ping, whatever else it says: only then is it seen whether its session lives", () => {
    connection.greeted = true;
    for (let beats = 0; beats < 5; beats += 1) {
      pass(HEARTBEAT_MS);
      says('{"type":"ping","cursor":0}');
    }
    expect(closed).toEqual([]);
    for (let seconds = 0; seconds < SILENCE_MS / 1_000; seconds += 1) {
      expect(closed).toEqual([]);
      says('{"type":"message.received","cursor":1}');
      pass(1_000);
    }
    expect(closed).toEqual([CLOSE.silent]);
  });
});

describe("a flood ends the connection, and costs its person", () => {
  test.each<[string, (own: Connection, socket: never) => void]>([
    ["of commands before hello", (own, socket) => own.message(socket, '{"type":"ping","cursor":0}')],
    ["of frames that are no commands", (own, socket) => own.message(socket, '{"type":"nonsense"}')],
    ["of pings of the protocol, which the runtime answers", (own) => own.ping()],
  ])("%s", async (_, act) => {
    await over(() => act(connection, null as never));
    expect(closed).toEqual([CLOSE.flooding]);
    expect(sent).toBeLessThan(TOO_OFTEN);
    let resumes = 0;
    while (allowance.resumes.take() === 0) resumes += 1;
    expect(resumes).toBe(RESUME_BURST - FLOOD_COSTS_RESUMES);
  });
});
