import { afterEach, beforeEach, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { CLOSE } from "#protocol/close_codes.ts";
import type { CloseCode } from "#protocol/close_codes.ts";
import type { UserId } from "#protocol/ids.ts";
import { createSessions } from "../auth/sessions.ts";
import type { Session, SessionEnd, Sessions } from "../auth/sessions.ts";
import { createMemoryHub } from "../bus/memory.ts";
import { systemClock } from "../clock.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { quietLog } from "../testing/quiet.ts";
import { createAllowances } from "./allowance.ts";
import { createGateway } from "./gateway.ts";
import type { Gateway } from "./gateway.ts";

const ANN = crypto.randomUUID() as UserId;
/** What ends a test: sockets leave, then instances stop. */
let stack: AsyncDisposableStack;

beforeEach(() => void (stack = new AsyncDisposableStack()));
afterEach(() => stack.disposeAsync());

/** An instance whose bus nobody else hears. */
async function loneInstance(store: Store): Promise<{ gateway: Gateway; sessions: Sessions }> {
  const sessions = createSessions({ store, clock: systemClock, onEnded: () => {} });
  const limits = { sendBurst: 40, sendsPerSecond: 10, requestsPerPersonSecond: 20 };
  const gateway = createGateway({
    instance: crypto.randomUUID(),
    bus: createMemoryHub({ log: quietLog }).join(),
    clock: systemClock,
    log: quietLog,
    allowanceOf: createAllowances({ ...limits, clock: systemClock, throttled: () => {} }),
    watch: { opened() {}, closed() {}, received() {}, sent() {} },
    headsOf: async () => new Map(),
    endedLately: sessions.endedLately,
    sight: { refresh: async () => [] },
    leave: async () => {},
    presenceTurned: async () => {},
    publishLocal: () => {},
    heard: () => {},
  });
  await gateway.start(async () => []);
  stack.defer(() => gateway.drain());
  return { gateway, sessions };
}

/** A socket of a new session of Ann's, and the code that the instance closes it with. */
async function annConnects({ gateway, sessions }: { gateway: Gateway; sessions: Sessions }) {
  const { token, session } = await sessions.open({ user: ANN, device: "Chrome on Linux" });
  const connection = gateway.connect({ user: ANN, session: session.id });
  const { promise: closed, resolve } = Promise.withResolvers<CloseCode>();
  const socket = {
    close(code: CloseCode) {
      resolve(code);
      connection.close(socket, code, "");
    },
  } as unknown as ServerWebSocket<unknown>;
  connection.open(socket);
  stack.defer(() => connection.close(socket, 1_000, "leaves"));
  return { token, session, closed };
}

type End = (sessions: Sessions, own: { token: string; session: Session }) => Promise<boolean>;

test.each<[SessionEnd, End]>([
  ["signedOut", (sessions, { token }) => sessions.end(token)],
  ["revoked", (sessions, { session }) => sessions.endById(ANN, session.id)],
])("a session that is %s where no record comes from is closed here all the same", async (why, end) => {
  const store = createSqliteStore(":memory:", { clock: systemClock });
  const [here, elsewhere] = [await loneInstance(store), await loneInstance(store)];
  const ended = await annConnects(here);
  const other = await annConnects(here);
  await end(elsewhere.sessions, ended);
  expect(await ended.closed).toBe(CLOSE[why]);
  expect(here.gateway.connections()).toBe(1);
  expect(await here.sessions.isOpen(other.session.id)).toBe(true);
});

test("an instance that could not look for ended sessions looks again", async () => {
  const store = createSqliteStore(":memory:", { clock: systemClock });
  let away = false;
  const { promise: missed, resolve } = Promise.withResolvers<void>();
  const flaky: Store = {
    ...store,
    async members(set) {
      if (!away) return store.members(set);
      resolve();
      throw new Error("away");
    },
  };
  const [here, elsewhere] = [await loneInstance(flaky), await loneInstance(store)];
  const { token, closed } = await annConnects(here);
  away = true;
  await elsewhere.sessions.end(token);
  await missed;
  away = false;
  expect(await closed).toBe(CLOSE.signedOut);
});
