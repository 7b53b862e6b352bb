import { beforeEach, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { CLOSE } from "#protocol/close_codes.ts";
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

let peers: Peer[] | null;
let storeAway: boolean;
let asked: UserId[][];
let told: PresenceNotice[];
let topics: Set<string>;
let closed: number[];
let connection: Connection;
let sight: Sight;

beforeEach(() => {
  peers = [peer(BOB), peer(CAROL)];
  storeAway = false;
  asked = [];
  told = [];
  topics = new Set();
  closed = [];
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
    cork: (work: () => void) => work(),
    send: (frame: string) => told.push(JSON.parse(frame)),
    subscribe: (topic: string) => topics.add(topic),
    unsubscribe: (topic: string) => topics.delete(topic),
    close: (code: number) => closed.push(code),
  };
  connection.open(socket as unknown as ServerWebSocket<unknown>);
  sight = createSight({
    clock: () => 0,
    log: quietLog,
    async peersOf() {
      if (peers === null) throw new Error("Postgres is away");
      return peers;
    },
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

function seen(): string[] {
  return told.splice(0).map(({ user, state }) => `${user} ${state}`);
}

test("a connection hears of each contact once, and again of whoever begins or stops to show themselves", async () => {
  await sight.refresh(connection);
  expect(seen()).toEqual(["bob online", "carol online"]);
  peers = [peer(BOB, false), peer(CAROL)];
  await sight.refresh(connection);
  expect([seen(), [...topics]]).toEqual([["bob hidden"], ["presence:carol"]]);
  peers = [peer(BOB), peer(CAROL)];
  await sight.refresh(connection);
  expect(seen()).toEqual(["bob online"]);
});

test("whom the store could not tell of is asked about again until it does, and then no more", async () => {
  storeAway = true;
  await sight.refresh(connection);
  await sight.lookAgain(connection);
  expect(seen()).toEqual([]);
  storeAway = false;
  await sight.lookAgain(connection);
  expect(seen()).toEqual(["bob online", "carol online"]);
  await sight.lookAgain(connection);
  expect(asked).toHaveLength(3);
  expect(closed).toEqual([]);
});

test("looking again waits for a look that is under way, and asks nothing besides", async () => {
  const refreshed = sight.refresh(connection);
  await sight.lookAgain(connection);
  expect(seen()).toEqual(["bob online", "carol online"]);
  await refreshed;
  expect(asked).toHaveLength(1);
});

test("who has hidden since is not asked about", async () => {
  storeAway = true;
  await sight.refresh(connection);
  storeAway = false;
  peers = [peer(BOB, false), peer(CAROL)];
  await sight.refresh(connection);
  expect(seen()).toEqual(["bob hidden"]);
  await sight.lookAgain(connection);
  expect(seen()).toEqual(["carol online"]);
});

test("a connection whose contacts cannot be read is closed, and comes back", async () => {
  peers = null;
  await sight.refresh(connection);
  expect(closed).toEqual([CLOSE.fault]);
});
