import { beforeEach, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import type { PresenceNotice } from "#protocol/frames.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Peer } from "../contacts/queries.ts";
import { quietLog } from "../testing/quiet.ts";
import type { Allowance } from "./allowance.ts";
import { Connection } from "./connection.ts";
import { createSight } from "./sight.ts";
import type { Sight } from "./sight.ts";

const ALICE = "alice" as UserId;
const BOB = "bob" as UserId;
const CAROL = "carol" as UserId;

let peers: Peer[];
let storeAway: boolean;
let asked: UserId[][];
let topics: Set<string>;
let connection: Connection;
let sight: Sight;

beforeEach(() => {
  peers = [peer(BOB), peer(CAROL)];
  storeAway = false;
  asked = [];
  topics = new Set();
  connection = new Connection(
    { user: ALICE, session: "session" as SessionId, allowance: {} as Allowance },
    {
      clock: () => 0,
      log: quietLog,
      watch: { opened() {}, closed() {}, received() {}, sent() {} },
      dispatch: async () => [],
      opened: () => {},
      closed: () => {},
      flushSoon: (own) => own.flush(),
    },
  );
  const socket = {
    subscribe: (topic: string) => topics.add(topic),
    unsubscribe: (topic: string) => topics.delete(topic),
  };
  connection.open(socket as unknown as ServerWebSocket<unknown>);
  sight = createSight({
    clock: () => 0,
    log: quietLog,
    peersOf: async () => peers,
    async presenceOf(users) {
      asked.push([...users]);
      if (storeAway) throw new Error("the store did not answer");
      return users.map((user) => ({ type: "presence", user, state: "online", until: 1 }));
    },
  });
});

function peer(id: UserId, showsPresence = true): Peer {
  return { id, relation: "contact", relationBack: "contact", showsPresence };
}

function seen(frames: string[]): string[] {
  const notices = frames.map((frame) => JSON.parse(frame) as PresenceNotice);
  return notices.map(({ user, state }) => `${user} ${state}`);
}

test("a connection hears of each contact once, and again of whoever begins or stops to show themselves", async () => {
  expect(seen(await sight.refresh(connection))).toEqual(["bob online", "carol online"]);
  peers = [peer(BOB, false), peer(CAROL)];
  expect(seen(await sight.refresh(connection))).toEqual(["bob hidden"]);
  expect([...topics]).toEqual(["presence:carol"]);
  peers = [peer(BOB), peer(CAROL)];
  expect(seen(await sight.refresh(connection))).toEqual(["bob online"]);
});

test("whom the store could not tell of is asked about again until it does, and then no more", async () => {
  storeAway = true;
  expect(await sight.refresh(connection)).toEqual([]);
  expect(await sight.lookAgain(connection)).toEqual([]);
  storeAway = false;
  expect(seen(await sight.lookAgain(connection))).toEqual(["bob online", "carol online"]);
  expect(await sight.lookAgain(connection)).toEqual([]);
  expect(asked).toHaveLength(3);
});

test("who has hidden since is not asked about", async () => {
  storeAway = true;
  await sight.refresh(connection);
  storeAway = false;
  peers = [peer(BOB, false), peer(CAROL)];
  expect(seen(await sight.refresh(connection))).toEqual(["bob hidden"]);
  expect(seen(await sight.lookAgain(connection))).toEqual(["carol online"]);
});
