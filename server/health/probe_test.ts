import { describe, expect, test } from "bun:test";
import { probe, readyUrl } from "./probe.ts";

describe("probe", () => {
  test("is content with an instance that is ready, and tells the status of one that is not", async () => {
    let status = 200;
    await using server = serve(() => new Response(null, { status }));
    expect(await probe(server.url)).toBeNull();
    status = 503;
    expect(await probe(server.url)).toBe(`${server.url} answered 503`);
  });

  test("tells when nobody answers", async () => {
    const server = serve(() => new Response());
    await server[Symbol.asyncDispose]();
    expect(await probe(server.url)).toStartWith(`${server.url} did not answer`);
  });
});

describe("readyUrl", () => {
  test("asks the interface that the instance listens on, and the loopback one when it is all of them", () => {
    expect(readyUrl({ host: "0.0.0.0", port: 3000 })).toBe("http://127.0.0.1:3000/health/ready");
    expect(readyUrl({ host: "::", port: 3000 })).toBe("http://127.0.0.1:3000/health/ready");
    expect(readyUrl({ host: "localhost", port: 3001 })).toBe("http://localhost:3001/health/ready");
    expect(readyUrl({ host: "::1", port: 3000 })).toBe("http://[::1]:3000/health/ready");
  });
});

function serve(fetch: () => Response) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}
