import { afterEach, beforeEach, expect, test } from "bun:test";
import type { SessionRow } from "#protocol/http.ts";
import type { SessionId } from "#protocol/ids.ts";
import { setAppScene } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import { useDevices } from "./devices.ts";
import { useSession } from "./session.ts";

let { server, open, close } = {} as Scene;

beforeEach(async () => {
  ({ server, open, close } = setAppScene());
  server.devices = ["phone", "laptop", "tablet"].map((device) =>
    deviceRow(device, { current: device === "laptop" }),
  );
  open();
  await useSession().restore();
});

afterEach(() => close());

test("a person sees where they are signed in, and which of them is this device", async () => {
  const devices = useDevices();
  expect(devices.list).toBeNull();
  await devices.load();
  expect(devices.list?.map(({ device, current }) => [device, current])).toEqual([
    ["phone", false],
    ["laptop", true],
    ["tablet", false],
  ]);
});

test("a device that was signed out is gone from the list, here and on the server", async () => {
  const devices = useDevices();
  await devices.load();
  await devices.end("phone" as SessionId);
  expect(names(devices.list)).toEqual(["laptop", "tablet"]);
  expect(names(server.devices)).toEqual(["laptop", "tablet"]);
});

test("all others are signed out, also those that came since the list was loaded, and this one stays", async () => {
  const devices = useDevices();
  await devices.load();
  server.devices.push(deviceRow("stranger", { current: false }));
  await devices.endOthers();
  expect(names(devices.list)).toEqual(["laptop"]);
  expect(names(server.devices)).toEqual(["laptop"]);
});

test("a device that was gone already is no trouble; a server out of reach is, and the list stays", async () => {
  const devices = useDevices();
  await devices.load();
  server.devices = [];
  await devices.end("phone" as SessionId);
  expect(names(devices.list)).toEqual(["laptop", "tablet"]);
  server.down = true;
  await expect(devices.end("tablet" as SessionId)).rejects.toMatchObject({ code: "unreachable" });
  expect(names(devices.list)).toEqual(["laptop", "tablet"]);
});

function deviceRow(device: string, { current }: { current: boolean }): SessionRow {
  return { id: device as SessionId, device, current, createdAt: 1, lastSeenAt: 2 };
}

function names(rows: readonly SessionRow[] | null): string[] {
  return (rows ?? []).map(({ device }) => device);
}
