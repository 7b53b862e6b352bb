import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { costOf, hold } from "./budget.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-budget-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function write(sizes: Record<string, number>): Promise<void> {
  for (const [name, size] of Object.entries(sizes)) await Bun.write(join(folder, name), "x".repeat(size));
}

const CHUNKS = {
  "_vue.js": { file: "assets/vue.js" },
  "_sign_in.js": {
    name: "sign_in",
    file: "assets/sign_in.js",
    css: ["assets/sign_in.css"],
    imports: ["_vue.js"],
  },
  "src/pages/TalkPage.vue": { file: "assets/talk.js" },
};
const PAGE = `<!doctype html>
<script type="module" crossorigin src="/assets/start.js"></script>
<link rel="modulepreload" crossorigin href="/assets/vue.js">
<link rel="stylesheet" crossorigin href="/assets/start.css">
<link rel="icon" href="/icons/parley.svg">`;

test("the sign-in screen is what it loads, once each and compressed; the app is everything", async () => {
  await Bun.write(join(folder, "index.html"), PAGE);
  await write({ "assets/start.js": 900, "assets/start.js.br": 300, "assets/start.css": 20 });
  await write({ "assets/vue.js": 4_000, "assets/vue.js.br": 1_000, "icons/parley.svg": 80 });
  await write({
    "assets/sign_in.js": 50,
    "assets/sign_in.css": 5,
    "assets/talk.js": 600,
    "assets/talk.js.br": 200,
  });
  await write({ "sw.js": 100 });
  const [signIn, app] = await costOf(folder, CHUNKS);
  expect([signIn?.bytes, app?.bytes]).toEqual([1_375, 1_675]);
});

test("a build within its budget says what it costs, one over it fails with the figures", () => {
  const within = { what: "the app", bytes: 129_960, budget: 130_000 };
  expect(hold([within])).toContain("the app: 130.0 kB of 130.0 kB");
  expect(() => hold([within, { ...within, bytes: 130_060 }])).toThrow("130.1 kB of 130.0 kB");
});

test("a page that the build does not have is an error, not free", async () => {
  await Bun.write(join(folder, "index.html"), PAGE);
  await expect(costOf(folder, {})).rejects.toThrow("it has no part sign_in");
});
