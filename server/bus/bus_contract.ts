/** What every bus promises (see `bus.ts`), as tests that each adapter runs against itself. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "../testing/until.ts";
import type { Bus, BusRecord } from "./bus.ts";

export interface Instance {
  bus: Bus;
  /** Takes this instance off the network, where there is one. */
  cut(): void;
  mend(): void;
}

export interface BusHarness {
  /** One more instance on the same bus. */
  join(): Promise<Instance>;
  close(): Promise<void>;
}

export function busContract(name: string, open: () => Promise<BusHarness>): void {
  describe(name, () => {
    let harness: BusHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    const listen = async () => {
      const instance = await harness.join();
      const heard: BusRecord[] = [];
      await instance.bus.subscribe((record) => void heard.push(record));
      return { ...instance, heard };
    };

    test("what one publishes reaches every subscriber as it was, the publisher too", async () => {
      const [one, other] = await Promise.all([listen(), listen()]);
      const records = [
        record({ key: "alice", body: '{"text":"grüße ✓"}\n{"line":2}' }),
        record({ key: "bob", kind: "session.ended", body: "" }),
        record({ key: "alice", topic: "notices", kind: "typing", origin: "elsewhere" }),
      ];
      await one.bus.publish(records);
      for (const { heard } of [one, other]) {
        await until(() => heard.length === records.length);
        expect(heard.toSorted(byText)).toEqual(records.toSorted(byText));
      }
      await Promise.all([one.bus.close(), other.bus.close()]);
    });

    test("what arrives tells when it was published", async () => {
      const { bus } = await harness.join();
      const moments: number[] = [];
      await bus.subscribe((_, publishedAt) => void moments.push(publishedAt));
      const before = Date.now();
      await bus.publish([record({})]);
      await until(() => moments.length > 0);
      expect(moments[0]).toBeWithin(before, Date.now() + 1);
      await bus.close();
    });

    test("what is published after subscribe resolved arrives, however soon", async () => {
      const publisher = await harness.join();
      for (let round = 0; round < 4; round++) {
        const { bus, heard } = await listen();
        const soon = Array.from({ length: 6 }, (_, index) =>
          record({ key: `user ${index}`, body: `soon ${round}` }),
        );
        await publisher.bus.publish(soon);
        await until(() => heard.length >= soon.length);
        expect(heard.map(({ body }) => body)).toEqual(soon.map(({ body }) => body));
        await bus.close();
      }
      await publisher.bus.close();
    });

    test("records of one key arrive in the order in which they were published", async () => {
      const [one, other] = await Promise.all([listen(), listen()]);
      const records = Array.from({ length: 600 }, (_, index) =>
        record({ key: `user ${index % 7}`, body: String(index) }),
      );
      await Promise.all(records.map((single) => one.bus.publish([single])));
      await until(() => other.heard.length >= records.length);
      for (const [key, own] of Map.groupBy(other.heard, (heard) => heard.key)) {
        expect(own.map(({ body }) => body)).toEqual(
          records.filter((published) => published.key === key).map(({ body }) => body),
        );
      }
      await Promise.all([one.bus.close(), other.bus.close()]);
    });

    test("a large record and many at once go through", async () => {
      const { bus, heard } = await listen();
      const large = "x".repeat(3 * 1024 * 1024);
      const many = Array.from({ length: 200 }, () => record({ key: "bob", body: "y".repeat(12_000) }));
      await bus.publish([record({ key: "alice", body: large }), ...many]);
      await until(() => heard.length === many.length + 1);
      expect(heard.find(({ key }) => key === "alice")?.body === large).toBe(true);
      await bus.close();
    });

    test("a subscriber that was away gets what it missed, in order", async () => {
      const [publisher, away] = await Promise.all([listen(), listen()]);
      await publisher.bus.publish([record({ body: "before" })]);
      await until(() => away.heard.length === 1);
      away.cut();
      await publisher.bus.publish([record({ body: "meanwhile 1" })]);
      await publisher.bus.publish([record({ body: "meanwhile 2" })]);
      await until(() => publisher.heard.length === 3);
      away.mend();
      await publisher.bus.publish([record({ body: "after" })]);
      await until(() => away.heard.at(-1)?.body === "after");
      const bodies = [...new Set(away.heard.map(({ body }) => body))];
      expect(bodies).toEqual(["before", "meanwhile 1", "meanwhile 2", "after"]);
      await Promise.all([publisher.bus.close(), away.bus.close()]);
    });

    test("of those that consume as one group one handles each record, and another group handles it too", async () => {
      const [one, two, other, publisher] = await Promise.all([
        harness.join(),
        harness.join(),
        harness.join(),
        harness.join(),
      ]);
      const handled = { one: [] as string[], two: [] as string[], other: [] as string[] };
      const group = crypto.randomUUID();
      const into = (list: string[]) => async (single: BusRecord) => {
        if (single.body.startsWith(group)) list.push(single.body);
      };
      await one.bus.consume(group, into(handled.one));
      await two.bus.consume(group, into(handled.two));
      await other.bus.consume(crypto.randomUUID(), into(handled.other));
      const bodies = Array.from({ length: 40 }, (_, index) => `${group} ${index}`);
      await publisher.bus.publish(bodies.map((body, index) => record({ key: `user ${index % 10}`, body })));
      await publisher.bus.publish([
        record({ topic: "notices", kind: "typing", body: `${group} is not for groups` }),
      ]);
      await until(() => new Set([...handled.one, ...handled.two]).size === bodies.length);
      await until(() => handled.other.length >= bodies.length);
      expect(handled.other.toSorted()).toEqual(bodies.toSorted());
      expect([...handled.one, ...handled.two].toSorted()).toEqual(bodies.toSorted());
      await Promise.all([one, two, other, publisher].map(({ bus }) => bus.close()));
    });

    test("what one of a group had not handled when it went is handled by another, in order", async () => {
      const [gone, publisher] = await Promise.all([harness.join(), harness.join()]);
      const group = crypto.randomUUID();
      const begun: string[] = [];
      await gone.bus.consume(group, async ({ body }) => {
        if (!body.startsWith(group)) return;
        begun.push(body);
        await new Promise(() => {});
      });
      const bodies = [`${group} 1`, `${group} 2`, `${group} 3`];
      await publisher.bus.publish(bodies.map((body) => record({ body })));
      await until(() => begun.length === 1);
      const heir = await harness.join();
      const handled: string[] = [];
      const joined = heir.bus.consume(group, async ({ body }) => {
        if (body.startsWith(group)) handled.push(body);
      });
      // In Kafka the heir joins once the other has left: the group waits for a member that handles a batch.
      await Promise.all([gone.bus.close(), joined]);
      await until(() => handled.length >= bodies.length);
      expect(begun).toEqual(bodies.slice(0, 1));
      expect(handled).toEqual(bodies);
      await Promise.all([heir.bus.close(), publisher.bus.close()]);
    });

    test("it is healthy while it works, and a second subscription is refused", async () => {
      const { bus } = await listen();
      await bus.publish([record({})]);
      expect(bus.healthy()).toBe(true);
      await expect(bus.subscribe(() => {})).rejects.toThrow("subscribed already");
      await bus.close();
    });

    test("a closed bus takes nothing and hands over nothing", async () => {
      const [closed, open] = await Promise.all([listen(), listen()]);
      await closed.bus.close();
      await expect(closed.bus.publish([record({})])).rejects.toThrow();
      await open.bus.publish([record({ body: "after" })]);
      await until(() => open.heard.length === 1);
      expect(closed.heard).toEqual([]);
      await open.bus.close();
    });
  });
}

export function record(part: Partial<BusRecord>): BusRecord {
  return { topic: "events", key: "alice", origin: "test", kind: "inbox", body: "", ...part };
}

function byText(a: BusRecord, b: BusRecord) {
  return JSON.stringify(a).localeCompare(JSON.stringify(b));
}
