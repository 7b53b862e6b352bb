import { expect, test } from "bun:test";
import { until } from "../testing/until.ts";
import type { BusRecord } from "./bus.ts";
import { record } from "./bus_contract.ts";
import { createPublishQueue } from "./publish_queue.ts";

/** A bus whose every send waits until the test lets it go. */
function openGate(options: { withinMs?: number } = {}) {
  const sends: { bodies: string[]; done: PromiseWithResolvers<void> }[] = [];
  const publish = createPublishQueue((records: BusRecord[]) => {
    const done = Promise.withResolvers<void>();
    sends.push({ bodies: records.map(({ body }) => body), done });
    return done.promise;
  }, options);
  return { sends, publish: (...bodies: string[]) => publish(bodies.map((body) => record({ body }))) };
}

test("what is published during a send goes out together with the next, in order", async () => {
  const { sends, publish } = openGate();
  const published = [publish("1"), publish("2", "3"), publish("4")];
  expect(sends.map((send) => send.bodies)).toEqual([["1"]]);
  sends[0]?.done.resolve();
  await published[0];
  expect(sends.map((send) => send.bodies)).toEqual([["1"], ["2", "3", "4"]]);
  sends[1]?.done.resolve();
  expect(await Promise.all(published)).toHaveLength(3);
});

test("a send that fails rejects what was in it, and the next goes out all the same", async () => {
  const { sends, publish } = openGate();
  const [first, second] = [publish("1"), publish("2")];
  sends[0]?.done.reject(new Error("no broker"));
  await expect(first).rejects.toThrow("no broker");
  sends[1]?.done.resolve();
  expect(await second).toBeUndefined();
});

test("what is too large for one send goes out in several, and is published when all of it is", async () => {
  const { sends, publish } = openGate();
  const large = "x".repeat(200 * 1024);
  const published = publish(large, large, "end");
  sends[0]?.done.resolve();
  await until(() => sends.length === 2);
  sends[1]?.done.resolve();
  await published;
  expect(sends.map((send) => send.bodies.length)).toEqual([1, 2]);
});

test("a large record goes alone, and nothing at all is published at once", async () => {
  const { sends, publish } = openGate();
  const huge = "x".repeat(1024 * 1024);
  const published = publish(huge);
  expect(sends.map((send) => send.bodies.length)).toEqual([1]);
  sends[0]?.done.resolve();
  await published;
  expect(await publish()).toBeUndefined();
});

test("what was given up before it began to go out does not go out besides", async () => {
  const { sends, publish } = openGate({ withinMs: 500 });
  const given = await Promise.allSettled([publish("stuck"), publish("given up", "with it")]);
  expect(given.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const again = publish("again");
  sends[0]?.done.resolve();
  await until(() => sends.length === 2);
  sends[1]?.done.resolve();
  await again;
  expect(sends.map((send) => send.bodies)).toEqual([["stuck"], ["again"]]);
});

test("too much waiting is refused", async () => {
  const { sends, publish } = openGate();
  const many = Array.from({ length: 30_000 }, () => "");
  const first = publish(...many);
  await expect(publish(...many)).rejects.toThrow("too much waits");
  for (const send of sends) send.done.resolve();
  expect(await first).toBeUndefined();
});
