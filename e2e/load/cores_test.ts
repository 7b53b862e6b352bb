import { expect, test } from "bun:test";
import { layoutFor, pinned } from "./cores.ts";

test("on one core nothing is pinned", () => {
  const anywhere = { server: null, database: null, services: null, clients: null };
  expect(layoutFor(1, { servers: 1 })).toEqual(anywhere);
});

test("on two cores Postgres shares the server's, the clients have the other, and the rest goes where there is room", () => {
  const layout = { server: "0", database: "0", services: "0-1", clients: "1" };
  expect(layoutFor(2, { servers: 1 })).toEqual(layout);
});

test("with two servers on two cores Postgres may use the clients' too", () => {
  expect(layoutFor(2, { servers: 2 }).database).toBe("0-1");
});

test("with more cores all services get those between", () => {
  expect(layoutFor(3, { servers: 2 })).toEqual({ server: "0", database: "1", services: "1", clients: "2" });
  expect(layoutFor(8, { servers: 1 })).toEqual({
    server: "0",
    database: "1-6",
    services: "1-6",
    clients: "7",
  });
});

test("a pinned command is the command behind taskset", () => {
  expect(pinned(["bun", "x.ts"], "0")).toEqual(["taskset", "-c", "0", "bun", "x.ts"]);
  expect(pinned(["bun", "x.ts"], null)).toEqual(["bun", "x.ts"]);
});
