import { expect, test } from "bun:test";
import { SIDEBAR_MAX_PX, SIDEBAR_MIN_PX, useSidebarWidth } from "./sidebar_width.ts";

function storage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

test("a width that the person let go of is there the next time, one that they pass by is not", () => {
  const device = storage();
  const first = useSidebarWidth({ storage: device });
  const before = first.px.value;
  first.resize(400);
  expect(first.px.value).toBe(400);
  expect(useSidebarWidth({ storage: device }).px.value).toBe(before);
  first.resize(410, { keep: true });
  expect(useSidebarWidth({ storage: device }).px.value).toBe(410);
  first.reset();
  expect(useSidebarWidth({ storage: device }).px.value).toBe(before);
});

test("it is never too narrow or too wide, whatever is asked for or was kept", () => {
  const device = storage();
  const width = useSidebarWidth({ storage: device });
  width.resize(20);
  expect(width.px.value).toBe(SIDEBAR_MIN_PX);
  width.resize(4_000);
  expect(width.px.value).toBe(SIDEBAR_MAX_PX);
  device.setItem("parley.sidebar", "99999");
  expect(useSidebarWidth({ storage: device }).px.value).toBe(SIDEBAR_MAX_PX);
  device.setItem("parley.sidebar", "wide");
  expect(useSidebarWidth({ storage: device }).px.value).toBeGreaterThan(SIDEBAR_MIN_PX);
});
