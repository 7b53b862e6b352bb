import { describe, expect, test } from "bun:test";
import { Refusal } from "../problem.ts";
import { checkOrigin } from "./origin.ts";
import type { OriginPolicy } from "./origin.ts";

const OWN = "https://chat.example.org";
const PARTNER = "https://partner.example";
const policy: OriginPolicy = { publicOrigin: OWN, corsOrigins: [PARTNER] };

function passes(headers: Record<string, string>, { method = "POST", by = policy } = {}): boolean {
  try {
    checkOrigin(new Request(`${OWN}/api/messages`, { method, headers }), by);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === "forbidden_origin") return false;
    throw error;
  }
}

describe("an unsafe request", () => {
  test("from an own page passes, with Fetch Metadata and without", () => {
    expect(passes({ origin: OWN, "sec-fetch-site": "same-origin" })).toBe(true);
    expect(passes({ origin: OWN })).toBe(true);
  });

  test.each([
    [{ origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    [{ origin: "https://evil.example" }],
    [{ origin: "https://evil.example", "sec-fetch-site": "same-origin" }],
    [{ origin: "https://other.example.org", "sec-fetch-site": "same-site" }],
    [{ origin: OWN, "sec-fetch-site": "cross-site" }],
    [{ origin: OWN, "sec-fetch-site": "same-site" }],
    [{ origin: "http://chat.example.org" }],
    [{ origin: "https://chat.example.org.evil.example" }],
    [{ origin: "https://chat.example.org:8443" }],
    [{ origin: "null" }],
    [{ "sec-fetch-site": "none" }],
    [{}],
  ])("with %j is refused", (headers) => {
    expect(passes(headers as Record<string, string>)).toBe(false);
  });

  test("from a page that the operator allows passes, though it is of another site", () => {
    expect(passes({ origin: PARTNER, "sec-fetch-site": "cross-site" })).toBe(true);
  });

  test.each(["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])("may be a %s", (method) => {
    expect(passes({ origin: "https://evil.example" }, { method })).toBe(false);
    expect(passes({ origin: OWN }, { method })).toBe(true);
  });
});

test.each(["GET", "HEAD", "OPTIONS"])("a %s changes nothing and may come from anywhere", (method) => {
  expect(passes({ "sec-fetch-site": "cross-site" }, { method })).toBe(true);
});

test("an upgrade to a WebSocket acts, although it is a GET", () => {
  const upgrade = { upgrade: "WebSocket", connection: "Upgrade" };
  expect(passes({ ...upgrade, origin: OWN }, { method: "GET" })).toBe(true);
  expect(passes({ ...upgrade, origin: "https://evil.example" }, { method: "GET" })).toBe(false);
  expect(passes(upgrade, { method: "GET" })).toBe(false);
});

describe("without a public origin", () => {
  const by: OriginPolicy = { publicOrigin: null, corsOrigins: [] };

  test("the host that the request names decides, whatever scheme a proxy left of it", () => {
    expect(passes({ origin: "https://chat.example.org" }, { by })).toBe(true);
    expect(passes({ origin: "http://chat.example.org" }, { by })).toBe(true);
    expect(passes({ origin: "http://chat.example.org:3000" }, { by })).toBe(false);
    expect(passes({ origin: "null" }, { by })).toBe(false);
  });
});
