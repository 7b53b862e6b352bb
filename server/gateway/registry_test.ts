import { expect, test } from "bun:test";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Connection } from "./connection.ts";
import { createRegistry } from "./registry.ts";

const [ALICE, BOB] = ["alice" as UserId, "bob" as UserId];

test("finds the connections of a person and of a session, one or several", () => {
  const registry = createRegistry();
  const [phone, tab, secondTab, bobs] = [
    connection(ALICE, "phone"),
    connection(ALICE, "desk"),
    connection(ALICE, "desk"),
    connection(BOB, "bob"),
  ];
  for (const one of [phone, tab, secondTab, bobs]) registry.add(one);
  expect([...registry.ofUser(ALICE)]).toEqual([phone, tab, secondTab]);
  expect([...registry.ofUser(BOB)]).toEqual([bobs]);
  expect([...registry.ofSession("desk" as SessionId)]).toEqual([tab, secondTab]);
  expect(registry.users().toSorted()).toEqual([ALICE, BOB]);
  expect(registry.size()).toBe(4);
  expect([registry.countOf(ALICE), registry.countOf(BOB), registry.countOf("eve" as UserId)]).toEqual([
    3, 1, 0,
  ]);
});

test("forgets who has gone, and only them", () => {
  const registry = createRegistry();
  const [phone, tab] = [connection(ALICE, "phone"), connection(ALICE, "desk")];
  registry.add(phone);
  registry.remove(tab);
  expect([...registry.ofUser(ALICE)]).toEqual([phone]);
  registry.add(tab);
  registry.remove(phone);
  expect([...registry.ofUser(ALICE)]).toEqual([tab]);
  registry.remove(tab);
  registry.remove(tab);
  expect([...registry.ofUser(ALICE)]).toEqual([]);
  expect([...registry.ofSession("phone" as SessionId)]).toEqual([]);
  expect(registry.users()).toEqual([]);
  expect(registry.size()).toBe(0);
});

function connection(user: UserId, session: string): Connection {
  return { user, session: session as SessionId } as Connection;
}
