import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Elysia } from "elysia";
import { Refusal } from "../problem.ts";
import { assetFrom } from "./asset_table.ts";
import { assetRoutes } from "./assets.ts";
import type { FindFile } from "./shelf.ts";

const PAGE = { "sec-fetch-mode": "navigate", accept: "text/html" };
const SCRIPT = "console.info('a script long enough to be worth its compression')";

let dist: string;

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), "parley-dist-"));
});

afterEach(() => rmSync(dist, { recursive: true }));

function build(): void {
  mkdirSync(join(dist, "assets"));
  write("index.html", "<!doctype html><title>Parley</title>");
  write("sw.js", "self");
  write("manifest.webmanifest", "{}");
  write("assets/start-1a2b.js", SCRIPT);
  write("assets/start-1a2b.js.br", brotliCompressSync(SCRIPT));
  write("assets/start-1a2b.js.gz", gzipSync(SCRIPT));
}

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(dist, name), content);
}

function serve({ findFile = async () => null }: { findFile?: FindFile } = {}): (
  path: string,
  init?: RequestInit,
) => Promise<Response> {
  const app = new Elysia()
    .onError(({ error }) => {
      if (error instanceof Refusal) return Response.json(error.toProblem(), { status: error.status });
      throw error;
    })
    .get("/api/me", () => "mine")
    .use(assetRoutes({ distDir: dist, findFile }));
  return (path, init) => app.handle(new Request(`http://localhost${path}`, init));
}

describe("files of the build", () => {
  beforeEach(build);

  test("a hashed file comes with its type and is cached for ever", async () => {
    const response = await serve()("/assets/start-1a2b.js");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith("text/javascript");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(await response.text()).toBe(SCRIPT);
  });

  test.each([
    ["/index.html", "text/html"],
    ["/sw.js", "text/javascript"],
    ["/manifest.webmanifest", "application/manifest+json"],
  ])("%s comes as %s and is asked for anew each time", async (path, type) => {
    const response = await serve()(path);
    expect(response.headers.get("content-type")).toStartWith(type);
    expect(response.headers.get("cache-control")).toBe("no-cache");
  });

  test("a hashed file of another build is served like an own one; nothing else is looked for elsewhere", async () => {
    const asked: string[] = [];
    const bytes = new TextEncoder().encode("of the build before");
    const get = serve({
      async findFile(path) {
        asked.push(path);
        return path.endsWith("old.js") ? assetFrom(path, { identity: bytes, br: null, gzip: null }) : null;
      },
    });
    const old = await get("/assets/old.js");
    expect([old.status, old.headers.get("cache-control"), await old.text()]).toEqual([
      200,
      "public, max-age=31536000, immutable",
      "of the build before",
    ]);
    expect((await get("/assets/gone.js")).status).toBe(404);
    for (const path of ["/assets/start-1a2b.js", "/", "/robots.txt"]) await get(path, { headers: PAGE });
    expect(asked).toEqual(["/assets/old.js", "/assets/gone.js"]);
  });

  test("the smallest variant that the client takes is sent, and says so", async () => {
    const get = serve();
    const path = "/assets/start-1a2b.js";
    const brotli = await get(path, { headers: { "accept-encoding": "gzip, br" } });
    const gzip = await get(path, { headers: { "accept-encoding": "gzip" } });
    const plain = await get(path);
    expect(brotli.headers.get("content-encoding")).toBe("br");
    expect(gzip.headers.get("content-encoding")).toBe("gzip");
    expect(plain.headers.has("content-encoding")).toBe(false);
    expect(new Uint8Array(await brotli.arrayBuffer())).toEqual(new Uint8Array(brotliCompressSync(SCRIPT)));
    expect(new Set([brotli, gzip, plain].map(({ headers }) => headers.get("etag"))).size).toBe(3);
    for (const { headers } of [brotli, gzip, plain]) expect(headers.get("vary")).toBe("accept-encoding");
  });

  test("the compressed files themselves are no addresses", async () => {
    expect((await serve()("/assets/start-1a2b.js.br")).status).toBe(404);
  });

  test("a client that has the file already gets 304 without a body", async () => {
    const get = serve();
    const etag = (await get("/sw.js")).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await get("/sw.js", { headers: { "if-none-match": known } });
      expect(again.status).toBe(304);
      expect(again.headers.get("etag")).toBe(etag);
      expect(await again.text()).toBe("");
    }
    expect((await get("/sw.js", { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  });

  test("HEAD says what GET would, without the body", async () => {
    const response = await serve()("/assets/start-1a2b.js", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(SCRIPT.length));
    expect(await response.text()).toBe("");
  });
});

describe("pages", () => {
  beforeEach(build);

  test.each(["/", "/sign-in", "/c/8f4e6a52-9f5c-4f0e-a5d5-0f6e2b7f5f11"])(
    "%s opens the app",
    async (path) => {
      const response = await serve()(path, { headers: PAGE });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("<title>Parley</title>");
      expect(response.headers.get("cache-control")).toBe("no-cache");
    },
  );

  test.each([
    "/assets/start-gone.js",
    "/api/nothing",
    "/dev/mail",
    "/health/nothing",
    "/ws",
    "/old-icon.png",
  ])("%s is not a page, even when it is opened like one", async (path) => {
    const response = await serve()(path, { headers: PAGE });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "not_found" });
  });

  test("a script or fetch that asks for an address of the app gets 404", async () => {
    const get = serve();
    expect((await get("/c/1", { headers: { "sec-fetch-mode": "cors", accept: "*/*" } })).status).toBe(404);
    expect((await get("/c/1")).status).toBe(404);
  });

  test("what leads out of the folder leads nowhere", async () => {
    const get = serve();
    for (const path of ["/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd"]) {
      expect((await get(path)).status).toBe(404);
    }
  });

  test("routes of the server come first", async () => {
    expect(await (await serve()("/api/me")).text()).toBe("mine");
  });
});

describe("without a build", () => {
  test("a page says what to do, and the app is there as soon as it is built", async () => {
    const get = serve();
    const before = await get("/", { headers: PAGE });
    expect(before.status).toBe(503);
    expect(await before.text()).toContain("bun run build");
    build();
    expect((await get("/", { headers: PAGE })).status).toBe(200);
  });
});
