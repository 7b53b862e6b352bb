import { expect, test } from "bun:test";
import { layoutFor, pinned } from "./cores.ts";

test("on one core nothing is pinned", () => {
  expect(layoutFor(1, { servers: 1 })).toEqual({ server: null, services: null, clients: null });
});

test("on two cores the services share the server's, and the clients have the other", () => {
  expect(layoutFor(2, { servers: 1 })).toEqual({ server: "0", services: "0", clients: "1" });
});

test("with two servers on two cores the services may use the clients' too", () => {
  expect(layoutFor(2, { servers: 2 })).toEqual({ server: "0", services: "0-1", clients: "1" });
});

test("with more cores the services get those between", () => {
  expect(layoutFor(3, { servers: 2 })).toEqual({ server: "0", services: "1", clients: "2" });
  expect(layoutFor(8, { servers: 1 })).toEqual({ server: "0", services: "1-6", clients: "7" });
});

test("a pinned command is the command behind taskset", () => {
  expect(pinned(["bun", "x.ts"], "0")).toEqual(["taskset", "-c", "0", "bun", "x.ts"]);
  expect(pinned(["bun", "x.ts"], null)).toEqual(["bun", "x.ts"]);
});
