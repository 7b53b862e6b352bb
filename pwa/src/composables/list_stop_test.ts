import { expect, test } from "bun:test";
import { nextTick, ref } from "vue";
import { keyAfter, useListStop } from "./list_stop.ts";

function list(keys: string[], first?: string) {
  const shown = ref(keys);
  const focused: string[] = [];
  const roving = useListStop({
    keys: () => shown.value,
    first: () => first,
    focus: (key) => void focused.push(key),
  });
  async function press(key: string, held: Partial<KeyboardEvent> = {}): Promise<boolean> {
    let prevented = false;
    roving.press({ key, ...held, preventDefault: () => (prevented = true) } as unknown as KeyboardEvent);
    await nextTick();
    return prevented;
  }
  const stops = (): string[] => shown.value.filter((key) => roving.tabIndex(key) === 0);
  return { shown, focused, roving, press, stops };
}

test("the Tab key stops once: at the first item, at the one that is open, then where the person went", async () => {
  expect(list(["a", "b", "c"]).stops()).toEqual(["a"]);
  const { press, stops, roving } = list(["a", "b", "c"], "b");
  expect(stops()).toEqual(["b"]);
  await press("ArrowDown");
  expect(stops()).toEqual(["c"]);
  roving.focused("a");
  expect(stops()).toEqual(["a"]);
});

test("arrow keys, Home and End move, and stay inside", async () => {
  const { press, focused } = list(["a", "b", "c"]);
  expect(await press("ArrowDown")).toBe(true);
  await press("End");
  expect(await press("ArrowDown")).toBe(false);
  await press("ArrowUp");
  await press("Home");
  await press("ArrowUp");
  expect(focused).toEqual(["b", "c", "b", "a", "a"]);
});

test("other keys, and arrows that are held with others, are left to whom they belong", async () => {
  const { press, focused } = list(["a", "b"]);
  expect(await press("x")).toBe(false);
  expect(await press("ArrowDown", { altKey: true })).toBe(false);
  expect(await press("ArrowDown", { shiftKey: true })).toBe(false);
  expect(focused).toEqual([]);
});

test("a list that lost the item still has one stop", () => {
  const { shown, roving, stops } = list(["a", "b", "c"]);
  roving.focused("b");
  shown.value = ["c", "a"];
  expect(stops()).toEqual(["c"]);
});

test("from outside of a list, up leads to its end, and down is left to the page", () => {
  const from = { keys: ["a", "b"], from: undefined };
  expect(keyAfter({ key: "ArrowUp" } as KeyboardEvent, from)).toBe("b");
  expect(keyAfter({ key: "ArrowDown" } as KeyboardEvent, from)).toBeUndefined();
});
