import { beforeEach, expect, test } from "bun:test";
import { ApiProblem } from "../net/api.ts";
import { useOlderPages } from "./older_pages.ts";
import type { OlderPages } from "./older_pages.ts";

let more: boolean;
let asked: PromiseWithResolvers<void>[];
let older: OlderPages;

beforeEach(() => {
  more = true;
  asked = [];
  older = useOlderPages({
    more: () => more,
    fetch() {
      const page = Promise.withResolvers<void>();
      asked.push(page);
      return page.promise;
    },
  });
});

test("one page is asked for at a time, however often the list scrolls, and all wait for it", async () => {
  const first = older.load();
  const second = older.load();
  expect(asked.length).toBe(1);
  expect(older.loading.value).toBe(true);
  asked[0]?.resolve();
  await Promise.all([first, second]);
  expect(older.loading.value).toBe(false);
  void older.load();
  expect(asked.length).toBe(2);
});

test("at the start of what is kept nothing is asked for", async () => {
  more = false;
  await older.load();
  expect(asked.length).toBe(0);
});

test("after a failure scrolling asks no more, until the person tries again", async () => {
  const first = older.load();
  asked[0]?.reject(new ApiProblem({ code: "unreachable", message: "" }));
  await first;
  expect(older.failed.value).toBe(true);
  await older.load();
  expect(asked.length).toBe(1);
  const again = older.retry();
  expect(older.failed.value).toBe(false);
  asked[1]?.resolve();
  await again;
  expect(asked.length).toBe(2);
});

test("an error of our own is not taken for a missing network", async () => {
  const first = older.load();
  asked[0]?.reject(new TypeError("a bug"));
  await expect(first).rejects.toThrow("a bug");
  expect(older.loading.value).toBe(false);
});
