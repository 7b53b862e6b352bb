import { expect, test } from "bun:test";
import { isPushEndpoint, PUSH_HOSTS } from "./endpoint.ts";

test.each([
  "https://fcm.googleapis.com/fcm/send/abc",
  "https://updates.push.services.mozilla.com/wpush/v2/abc",
  "https://web.push.apple.com/abc",
  "https://wns2-par02p.notify.windows.com/w/?token=abc",
])("%s is a push service", (endpoint) => {
  expect(isPushEndpoint(endpoint, PUSH_HOSTS)).toBe(true);
});

test.each([
  "http://fcm.googleapis.com/fcm/send/abc",
  "https://fcm.googleapis.com:8443/abc",
  "https://fcm.googleapis.com.example.org/abc",
  "https://notfcm.googleapis.com/abc",
  "https://user:word@fcm.googleapis.com/abc",
  "https://127.0.0.1/abc",
  "https://[::1]/abc",
  "http://169.254.169.254/latest/meta-data",
  "file:///etc/passwd",
  "fcm.googleapis.com/abc",
  `https://fcm.googleapis.com/${"a".repeat(2_000)}`,
  "",
])("%s is none", (endpoint) => {
  expect(isPushEndpoint(endpoint, PUSH_HOSTS)).toBe(false);
});

test("an operator may allow one more, as an origin", () => {
  const hosts = ["http://127.0.0.1:8080"];
  expect(isPushEndpoint("http://127.0.0.1:8080/abc", hosts)).toBe(true);
  expect(isPushEndpoint("http://127.0.0.1:8081/abc", hosts)).toBe(false);
  expect(isPushEndpoint("https://127.0.0.1/abc", hosts)).toBe(false);
});
