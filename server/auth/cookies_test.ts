import { describe, expect, test } from "bun:test";
import { createCookies } from "./cookies.ts";

const DAY_MS = 24 * 60 * 60_000;

describe("on HTTPS", () => {
  const { session, challenge } = createCookies({ publicOrigin: "https://chat.example.org" });

  test("cookies carry the __Host- prefix and all that it demands", () => {
    expect(session.set("token", { maxAgeMs: DAY_MS })).toBe(
      "__Host-parley=token; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax",
    );
    expect(challenge.name).toBe("__Host-parley-challenge");
  });

  test("a cookie is removed with the same attributes, or the browser would keep it", () => {
    expect(session.clear()).toBe("__Host-parley=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
  });

  test("a cookie that plain HTTP could have set is not read", () => {
    const request = new Request("https://chat.example.org/", { headers: { cookie: "parley=planted" } });
    expect(session.read(request)).toBeNull();
  });
});

describe.each([null, "http://localhost:3000"])("with the public origin %p", (publicOrigin) => {
  const { session, challenge } = createCookies({ publicOrigin });

  test("cookies work without TLS, and scripts still cannot read them", () => {
    expect(session.set("token", { maxAgeMs: DAY_MS })).toBe(
      "parley=token; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax",
    );
  });

  test("each cookie is read by its own name", () => {
    const headers = { cookie: "other=1; parley-challenge=proof; parley=token" };
    const request = new Request("http://localhost:3000/", { headers });
    expect(session.read(request)).toBe("token");
    expect(challenge.read(request)).toBe("proof");
    expect(session.read(new Request("http://localhost:3000/"))).toBeNull();
  });
});
