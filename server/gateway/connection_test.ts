import { beforeEach, describe, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { CLOSE } from "#protocol/close_codes.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { COMMAND_BURST, FLOOD_COSTS_RESUMES, RESUME_BURST } from "#protocol/limits.ts";
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
let closed: number[];
let sent: number;

beforeEach(() => {
  const clock = () => 0;
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

/** Does it over and over, giving answers their turn, as a runtime does between messages. */
async function over(act: () => void): Promise<void> {
  for (let turn = 0; turn < TOO_OFTEN && closed.length === 0; turn++) {
    act();
    await Promise.resolve();
    await Promise.resolve();
  }
}

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
