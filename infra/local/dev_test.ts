import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, loadConfigFromFile } from "vite";
import type { ProxyOptions } from "vite";
import { ROOT } from "./tools.ts";

const ASKED = ["/api/auth/code", "/dev/mail", "/health/ready", "/openapi.json", "/ws"];

test("what the page of `bun run dev` asks of the server, it asks under the page's own host: else that would refuse it", async () => {
  await using stack = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), "parley-dev-"));
  stack.defer(() => rm(root, { recursive: true }));
  const server = Bun.serve({ port: 0, fetch: ({ headers }) => new Response(headers.get("host")) });
  stack.defer(() => server.stop(true));
  const loaded = await loadConfigFromFile(
    { command: "serve", mode: "development" },
    join(ROOT, "pwa/vite.config.ts"),
  );
  const ways = Object.entries(loaded?.config.server?.proxy ?? {}).map(
    ([path, way]): [string, ProxyOptions] => [
      path,
      { ...(typeof way === "string" ? { changeOrigin: true } : way), target: server.url.origin },
    ],
  );
  const page = await createServer({
    configFile: false,
    root,
    logLevel: "silent",
    server: { port: 0, host: "127.0.0.1", proxy: Object.fromEntries(ways) },
  });
  stack.defer(() => page.close());
  await page.listen();
  const address = page.httpServer?.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  for (const path of ASKED) {
    const answer = await fetch(`http://${host}${path}`, { method: "POST" });
    expect([path, await answer.text()]).toEqual([path, host]);
  }
});
