import { beforeEach, describe, expect, test } from "bun:test";
import type { PresenceNotice } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import type { BusRecord } from "../bus/bus.ts";
import { quietLog } from "../testing/quiet.ts";
import { createPresenceNotices } from "./presence_notices.ts";

const ALICE = "alice" as UserId;
const online: PresenceNotice = { type: "presence", user: ALICE, state: "online", until: 2 };
const offline: PresenceNotice = { type: "presence", user: ALICE, state: "offline", until: 1 };

/** What the sockets here heard. */
let heard: PresenceNotice[];
let published: BusRecord[];
let listeners: number;
/** How Alice is, by the store; null: it does not answer. */
let now: PresenceNotice | null;
let asked: number;

beforeEach(() => {
  [heard, published, listeners, now, asked] = [[], [], 1, online, 0];
});

describe("a notice of presence", () => {
  test("goes to the sockets here at once, and to the bus for the others", async () => {
    await createNotices().announce(online);
    expect(heard).toEqual([online]);
    expect(published).toEqual([
      { topic: "notices", key: ALICE, origin: "here", kind: "presence", body: JSON.stringify(online) },
    ]);
  });

  test("that the bus does not take is said to be so, when the sockets here have heard it", async () => {
    const cutOff = createNotices({ publish: () => Promise.reject(new Error("the bus is away")) });
    expect(cutOff.announce(online)).rejects.toThrow("the bus is away");
    expect(heard).toEqual([online]);
  });

  test("of another instance that comes late says how the user is by now", async () => {
    await createNotices().turned(ALICE, JSON.stringify(offline));
    expect(heard).toEqual([online]);
  });

  test("of another instance is handed on as it came while the store does not answer", async () => {
    now = null;
    await createNotices().turned(ALICE, JSON.stringify(offline));
    expect(heard).toEqual([offline]);
  });

  test("of somebody whom nobody here knows asks the store for nothing", async () => {
    listeners = 0;
    await createNotices().turned(ALICE, JSON.stringify(offline));
    expect({ heard, asked }).toEqual({ heard: [], asked: 0 });
  });
});

function createNotices({
  publish = take,
}: { publish?: (records: readonly BusRecord[]) => Promise<void> } = {}) {
  return createPresenceNotices({
    instance: "here",
    bus: { publish },
    log: quietLog,
    fanOut: {
      publish: (topic, frame) => void (topic === `presence:${ALICE}` && heard.push(JSON.parse(frame))),
      listeners: () => listeners,
    },
    async presenceOf() {
      asked++;
      if (now === null) throw new Error("the store is away");
      return [now];
    },
  });
}

async function take(records: readonly BusRecord[]): Promise<void> {
  published.push(...records);
}
