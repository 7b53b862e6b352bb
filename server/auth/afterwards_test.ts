import { expect, test } from "bun:test";
import { quietLog, recordLog } from "../testing/quiet.ts";
import { createAfterwards } from "./afterwards.ts";

test("work begins after whoever asked for it went on", async () => {
  const order: string[] = [];
  const afterwards = createAfterwards({ log: quietLog });
  afterwards.run("a test", async () => void order.push("work"));
  await Promise.resolve();
  order.push("answer");
  await afterwards.settled();
  expect(order).toEqual(["answer", "work"]);
});

test("settled waits for work that began work", async () => {
  const done: string[] = [];
  const afterwards = createAfterwards({ log: quietLog });
  afterwards.run("the first", async () => {
    afterwards.run("the second", async () => void done.push("second"));
    done.push("first");
  });
  await afterwards.settled();
  expect(done).toEqual(["first", "second"]);
});

test("a failure is logged by what was done and its kind, never by its message", async () => {
  const { log, text } = recordLog();
  const afterwards = createAfterwards({ log });
  afterwards.run("sending a mail", async () => {
    throw Object.assign(new Error("550 ann@example.org is unknown"), { code: "EENVELOPE" });
  });
  await afterwards.settled();
  expect(text()).toContain("sending a mail failed");
  expect(text()).toContain("EENVELOPE");
  expect(text()).not.toContain("ann@example.org");
});
