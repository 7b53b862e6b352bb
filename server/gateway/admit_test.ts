import { expect, test } from "bun:test";
import { CONNECTIONS_PER_USER_MAX, RESUME_BURST, RESUMES_PER_SECOND } from "#protocol/limits.ts";
import type { UserId } from "#protocol/ids.ts";
import { admit } from "./admit.ts";
import { createAllowances } from "./allowance.ts";

let now = 0;
const throttled: string[] = [];
const allowanceOf = createAllowances({
  sendBurst: 1,
  sendsPerSecond: 1,
  requestsPerPersonSecond: 1,
  clock: () => now,
  throttled: (what) => void throttled.push(what),
});

test("who comes again and again is sent away until it is their turn, and nobody else is", () => {
  const [alice, bob] = [allowanceOf("alice" as UserId), allowanceOf("bob" as UserId)];
  for (let came = 0; came < RESUME_BURST; came++) admit(alice, 0);
  const refusal = expect.objectContaining({ code: "rate_limited", retryAfterMs: 1_000 / RESUMES_PER_SECOND });
  expect(() => admit(alice, 0)).toThrow(refusal);
  expect(throttled).toEqual(["resume"]);
  expect(admit(bob, 0)).toBeUndefined();
  now += 1_000;
  for (let came = 0; came < RESUMES_PER_SECOND; came++) admit(alice, 0);
  expect(() => admit(alice, 0)).toThrow(refusal);
});

test("who has as many connections as there may be gets no more", () => {
  const carol = allowanceOf("carol" as UserId);
  expect(admit(carol, CONNECTIONS_PER_USER_MAX - 1)).toBeUndefined();
  expect(() => admit(carol, CONNECTIONS_PER_USER_MAX)).toThrow(
    expect.objectContaining({ code: "rate_limited", retryAfterMs: 10_000 }),
  );
});
