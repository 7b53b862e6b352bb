import { describe, expect, test } from "bun:test";
import { Elysia } from "elysia";
import { headersFor, securityHeaders } from "./headers.ts";

function policy(publicOrigin: string | null): Map<string, string> {
  const text = headersFor(publicOrigin)["content-security-policy"] ?? "";
  return new Map(
    text.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources.join(" ")];
    }),
  );
}

describe("the content security policy", () => {
  test("allows nothing inline, nothing evaluated and no other host", () => {
    const text = headersFor("https://chat.example.org")["content-security-policy"] ?? "";
    expect(text).not.toContain("unsafe");
    expect(text).not.toContain("*");
    expect(text).not.toContain("data:");
    expect(text.match(/[a-z]+:\/\/[^ ;]+/g)).toEqual(["wss://chat.example.org"]);
  });

  test("allows the socket of the public origin", () => {
    expect(policy("https://chat.example.org").get("connect-src")).toBe("'self' wss://chat.example.org");
    expect(policy("http://localhost:3000").get("connect-src")).toBe("'self' ws://localhost:3000");
    expect(policy(null).get("connect-src")).toBe("'self'");
  });

  test.each([
    ["default-src", "'none'"],
    ["script-src", "'self'"],
    ["style-src", "'self'"],
    ["object-src", "'none'"],
    ["base-uri", "'none'"],
    ["form-action", "'self'"],
    ["frame-ancestors", "'none'"],
    ["require-trusted-types-for", "'script'"],
  ])("says %s %s", (directive, sources) => {
    expect(policy(null).get(directive)).toBe(sources);
  });
});

describe("strict transport security", () => {
  test("is said on HTTPS only: on plain HTTP it would lock people out of localhost", () => {
    expect(headersFor("https://chat.example.org")["strict-transport-security"]).toMatch(/^max-age=\d{8,}/);
    expect(headersFor("http://localhost:3000")).not.toHaveProperty("strict-transport-security");
    expect(headersFor(null)).not.toHaveProperty("strict-transport-security");
  });
});

describe("every answer bears the headers", () => {
  const app = new Elysia()
    .onError(() => Response.json({ code: "internal" }, { status: 500 }))
    .use(securityHeaders({ publicOrigin: null }))
    .get("/json", () => ({ ok: true }))
    .get("/response", () => new Response("text", { headers: { "content-type": "text/plain" } }))
    .get("/stream", async () => new Response(new Blob(["text"]).stream()))
    .get("/own", () => new Response("text", { headers: { "referrer-policy": "same-origin" } }))
    .get("/throws", () => {
      throw new Error("meant");
    });

  test.each(["/json", "/response", "/stream", "/throws", "/nothing-here"])("%s", async (path) => {
    const response = await app.handle(new Request(`http://localhost${path}`));
    for (const [name, value] of Object.entries(headersFor(null))) {
      expect(response.headers.get(name)).toBe(value);
    }
  });

  test("a route may say one of them otherwise", async () => {
    const response = await app.handle(new Request("http://localhost/own"));
    expect(response.headers.get("referrer-policy")).toBe("same-origin");
  });
});
