import { afterEach, describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import type { KafkaConfig } from "../config.ts";
import { createCuttableSockets } from "../testing/cuttable_sockets.ts";
import { quietLog as log, recordLog } from "../testing/quiet.ts";
import { testKafka } from "../testing/services.ts";
import { until } from "../testing/until.ts";
import type { BusRecord } from "./bus.ts";
import { busContract, record } from "./bus_contract.ts";
import { connectKafkaBus } from "./kafka.ts";
import { ensureTopics } from "./topics.ts";

/** Brokers and groups take their time, the more on a busy machine. */
setDefaultTimeout(60_000);

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((clean) => clean()));
});

busContract("the bus on Kafka", async () => {
  const config = testKafka();
  await ensureTopics(config);
  return {
    join: () => joinOn(config),
    close: async () => {},
  };
});

async function joinOn(config: KafkaConfig) {
  const { socketFactory, cut, mend } = createCuttableSockets();
  const bus = await connectKafkaBus(config, { instance: crypto.randomUUID(), log, socketFactory });
  return { bus, cut, mend };
}

async function openTopics() {
  const config = testKafka();
  await ensureTopics(config);
  return config;
}

describe("an instance on Kafka", () => {
  test("gets nothing of what was published before it came", async () => {
    const config = await openTopics();
    const [early, late] = await Promise.all([joinOn(config), joinOn(config)]);
    cleanups.push(early.bus.close, late.bus.close);
    await early.bus.publish([record({ body: "old" })]);
    const heard: BusRecord[] = [];
    await late.bus.subscribe((single) => void heard.push(single));
    await early.bus.publish([record({ body: "new" })]);
    await until(() => heard.length > 0);
    expect(heard.map(({ body }) => body)).toEqual(["new"]);
  });

  test("that is cut off says so, refuses to publish, and is itself again afterwards", async () => {
    const { bus, cut, mend } = await joinOn(await openTopics());
    cleanups.push(bus.close);
    const heard: BusRecord[] = [];
    await bus.subscribe((single) => void heard.push(single));
    cut();
    await until(() => !bus.healthy());
    await expect(bus.publish([record({ body: "lost" })])).rejects.toThrow();
    mend();
    await until(() => bus.healthy());
    await bus.publish([record({ body: "found" })]);
    await until(() => heard.some(({ body }) => body === "found"));
    expect(bus.healthy()).toBe(true);
  });

  test("goes on with the next record when one could not be handled", async () => {
    const { bus } = await joinOn(await openTopics());
    cleanups.push(bus.close);
    const heard: string[] = [];
    await bus.subscribe(({ body }) => {
      if (body === "bad") throw new Error("cannot handle this");
      heard.push(body);
    });
    await bus.publish([record({ body: "one" }), record({ body: "bad" }), record({ body: "two" })]);
    await until(() => heard.length === 2);
    expect(heard).toEqual(["one", "two"]);
  });

  test("sleeps while there is nothing to do: no timer is armed for what is over", async () => {
    const armed = spyOn(globalThis, "setTimeout");
    cleanups.push(async () => armed.mockRestore());
    const { bus } = await joinOn(await openTopics());
    cleanups.push(bus.close);
    const heard: BusRecord[] = [];
    await bus.subscribe((single) => void heard.push(single));
    await bus.publish([record({ body: "one" })]);
    await until(() => heard.length > 0);
    const delays = armed.mock.calls.map(([, delayMs]) => Number(delayMs ?? 0));
    expect(delays.length).toBeGreaterThan(0);
    expect(delays.filter((delayMs) => delayMs < 0)).toEqual([]);
  });

  test("cannot start without a broker, and what kafkajs says about it is told once", async () => {
    const { log: recorded, text } = recordLog();
    const config = { ...testKafka(), brokers: ["127.0.0.1:1"] };
    const connecting = connectKafkaBus(config, { instance: "alone", log: recorded });
    await expect(connecting).rejects.toThrow("None of the brokers in KAFKA_BROKERS can be reached");
    const warnings = text()
      .split("\n")
      .filter((line) => line.includes('"level":40'));
    expect(new Set(warnings.map((line) => JSON.parse(line).msg)).size).toBe(warnings.length);
  });
});
