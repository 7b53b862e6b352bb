import { describe, expect, test } from "bun:test";
import { createClientIp, networkOf } from "./client_ip.ts";

function forwardedFor(hops: string) {
  return new Request("http://parley.test/", { headers: { "x-forwarded-for": hops } });
}

describe("the client's address", () => {
  const clientIp = createClientIp(["10.0.0.0/8", "192.0.2.1", "fd00::/8"]);

  test("is the peer's, whatever a stranger forwards", () => {
    expect(clientIp(forwardedFor("198.51.100.1"), "203.0.113.9")).toBe("203.0.113.9");
  });

  test("is what a trusted proxy says", () => {
    expect(clientIp(forwardedFor("198.51.100.1"), "10.1.2.3")).toBe("198.51.100.1");
    expect(clientIp(forwardedFor("198.51.100.1"), "::ffff:10.1.2.3")).toBe("198.51.100.1");
    expect(clientIp(forwardedFor("2001:db8::7"), "fd12::1")).toBe("2001:db8::7");
  });

  test("is the right-most one that no trusted proxy has: what stands left of it could be made up", () => {
    expect(clientIp(forwardedFor("1.1.1.1, 198.51.100.1, 192.0.2.1"), "10.1.2.3")).toBe("198.51.100.1");
  });

  test.each([
    ["198.51.100.1:4711", "198.51.100.1"],
    ["[2001:db8::7]:4711", "2001:db8::7"],
    ["::ffff:198.51.100.1", "198.51.100.1"],
  ])("is read from %p as %p", (hop, ip) => {
    expect(clientIp(forwardedFor(hop), "10.1.2.3")).toBe(ip);
  });

  test("is the proxy's own when the proxy says nothing useful", () => {
    expect(clientIp(forwardedFor("unknown"), "10.1.2.3")).toBe("10.1.2.3");
    expect(clientIp(new Request("http://parley.test/"), "10.1.2.3")).toBe("10.1.2.3");
  });

  test("is one and the same for all peers without an address", () => {
    expect(clientIp(forwardedFor("198.51.100.1"), null)).toBe("none");
  });
});

test.each(["nonsense", "10.0.0.0/33", "fd00::/129", "10.0.0.0/x"])("%p is no trusted proxy", (range) => {
  expect(() => createClientIp([range])).toThrow("TRUSTED_PROXIES");
});

test("an IPv6 customer is counted by the /64 they can roam in, an IPv4 one by the address", () => {
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe(networkOf("2001:db8:1:2::1"));
  expect(networkOf("2001:db8:1:2::1")).not.toBe(networkOf("2001:db8:1:3::1"));
  expect(networkOf("2001:db8::1")).toBe("2001:db8:0:0");
  expect(networkOf("198.51.100.1")).toBe("198.51.100.1");
});
