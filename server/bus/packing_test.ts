import { expect, test } from "bun:test";
import type { BusRecord } from "./bus.ts";
import { byPartition, pack, unpack } from "./packing.ts";

test("what was packed is unpacked as it was, in order, whatever is in it", () => {
  const records = [
    record({ body: '{"type":"event"}\n{"type":"event"}' }),
    record({ body: "", kind: "contacts.changed", key: "" }),
    record({ body: '["inbox","x","y",3]\nabc', origin: 'an "instance"' }),
    record({ body: "👩🏽‍🚀 ünï\u2028\r\n", key: "person of pair 2" }),
  ];
  expect(unpack("events", pack(records))).toEqual(records);
  expect(unpack("events", pack([]))).toEqual([]);
});

test("what is cut short is an error, not half a record", () => {
  const packed = pack([record({ body: "whole" })]);
  expect(() => unpack("events", `${packed}["inbox","a`)).toThrow();
  expect(() => unpack("events", "no heading")).toThrow();
});

test("records of one key share a partition and keep their order; keys are spread", () => {
  const keys = Array.from({ length: 400 }, (_, n) => `user ${n}`);
  const records = [...keys, ...keys].map((key, n) => record({ key, body: String(n) }));
  const lanes = byPartition(records, { partitions: 4 });
  expect([...lanes.keys()].toSorted()).toEqual([0, 1, 2, 3]);
  for (const lane of lanes.values()) {
    expect(lane.length).toBeGreaterThan(100);
    const bodies = Map.groupBy(lane, ({ key }) => key).values();
    for (const own of bodies) expect(own.map(({ body }) => Number(body) >= 400)).toEqual([false, true]);
  }
});

function record(of: Partial<BusRecord>): BusRecord {
  return { topic: "events", key: "alice", origin: "here", kind: "inbox", body: "", ...of };
}
