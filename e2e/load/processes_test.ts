import { expect, test } from "bun:test";
import { listenerOn, machineCpuSeconds, parseListeners, parseStat, treeOf, usageOf } from "./processes.ts";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000000000000000 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000     0        0 4343 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4444 1 0000000000000000 100 0 0 10 0
`;

test("only who listens on the very port is found, not who is connected to it", () => {
  expect(parseListeners(TABLE, 3_000)).toEqual(["4242"]);
  expect(parseListeners(TABLE, 8_080)).toEqual(["4444"]);
  expect(parseListeners(TABLE, 80)).toEqual([]);
});

test("a process is read whatever its name holds", () => {
  const stat = "77 (tmux: (a) b) S 12 77 77 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 1 0 100 1 1";
  expect(parseStat(stat)).toEqual({ parent: 12, cpuSeconds: 2 });
});

test("this process listens, has a place in the tree, and uses memory and time", async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("") });
  try {
    expect(listenerOn(server.port ?? 0)).toBe(process.pid);
    expect(treeOf(process.ppid)).toContain(process.pid);
    const usage = await usageOf([process.pid]);
    expect(usage.memoryBytes).toBeGreaterThan(1_000_000);
    expect(usage.cpuSeconds).toBeGreaterThan(0);
    expect(machineCpuSeconds()).toBeGreaterThan(usage.cpuSeconds);
  } finally {
    void server.stop(true);
  }
});

test("who is gone has used nothing", async () => {
  expect(await usageOf([2 ** 30])).toEqual({ cpuSeconds: 0, memoryBytes: 0 });
});
