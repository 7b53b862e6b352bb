import { expect, test } from "bun:test";
import { busContract, record } from "./bus_contract.ts";
import { quietLog } from "../testing/quiet.ts";
import { createMemoryHub } from "./memory.ts";

busContract("the bus in one process", async () => {
  const hub = createMemoryHub({ log: quietLog });
  return {
    // There is no network to be cut off from.
    join: async () => ({ bus: hub.join(), cut() {}, mend() {} }),
    close: async () => {},
  };
});

test("who publishes has gone on before anybody receives", async () => {
  const bus = createMemoryHub({ log: quietLog }).join();
  const order: string[] = [];
  await bus.subscribe(({ body }) => void order.push(body));
  const published = bus.publish([record({ body: "received" })]);
  order.push("went on");
  await published;
  expect(order).toEqual(["went on", "received"]);
});
