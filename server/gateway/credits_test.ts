import { describe, expect, test } from "bun:test";
import { Credits } from "./credits.ts";

describe("credits", () => {
  test("allow a burst, then the steady rate, and say when to come back", () => {
    let now = 0;
    const credits = new Credits({ burst: 3, perSecond: 10, clock: () => now });
    expect([credits.take(), credits.take(), credits.take()]).toEqual([0, 0, 0]);
    expect(credits.take()).toBe(100);
    now = 50;
    expect(credits.take()).toBe(50);
    now = 100;
    expect(credits.take()).toBe(0);
    expect(credits.take()).toBe(100);
  });

  test("that are taken in advance say when each one's turn comes", () => {
    let now = 0;
    const credits = new Credits({ burst: 2, perSecond: 10, clock: () => now });
    expect(Array.from({ length: 5 }, () => credits.reserve())).toEqual([0, 0, 100, 200, 300]);
    now = 300;
    expect(credits.take()).toBe(100);
    expect(credits.reserve()).toBe(100);
  });

  test("that are taken as a fine have to come back first", () => {
    let now = 0;
    const credits = new Credits({ burst: 3, perSecond: 10, clock: () => now });
    credits.fine(5);
    expect(credits.take()).toBe(300);
    now = 300;
    expect([credits.take(), credits.take()]).toEqual([0, 100]);
  });

  test("never fill beyond the burst, and survive a clock that goes back", () => {
    let now = 1_000_000;
    const credits = new Credits({ burst: 2, perSecond: 10, clock: () => now });
    now += 60_000;
    expect([credits.take(), credits.take(), credits.take()]).toEqual([0, 0, 100]);
    now -= 60_000;
    expect(credits.take()).toBe(100);
  });
});
