import { beforeEach, describe, expect, test } from "bun:test";
import { CODE_RESEND_MS, CODE_TRIES, CODE_TTL_MS } from "#protocol/limits.ts";
import { Refusal } from "../problem.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { createCodes } from "./codes.ts";
import type { Codes } from "./codes.ts";
import { createKeys } from "./keys.ts";

const PHONE = "+12025550101";
const ASKER = "a network";
/** A browser that has not asked before, at a number that somebody has. */
const NEW = { known: true, replaces: null };
const keys = createKeys([{ id: "k1", bytes: new Uint8Array(32).fill(1) }]);

let now: number;
let store: Store;
let codes: Codes;

beforeEach(() => {
  now = Date.UTC(2026, 5, 15, 12);
  store = createSqliteStore(":memory:", { clock: () => now });
  codes = createCodes({ store, keys });
});

/** A code of the right form that is not `code`. */
function wrong(code: string): string {
  return code === "000000" ? "000001" : "000000";
}

/** How a guess ends: "in", or the code of the refusal. */
async function outcomeOf(guess: Promise<void>): Promise<string> {
  try {
    await guess;
    return "in";
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe("a code", () => {
  test("has six digits and lets in the browser that asked for it", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    expect(code).toMatch(/^\d{6}$/);
    expect(await outcomeOf(codes.use(PHONE, { code, challenge, asker: ASKER }))).toBe("in");
  });

  test("may be typed with the spaces and dashes it was copied with", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    const typed = ` ${code.slice(0, 3)} - ${code.slice(3)}\n`;
    expect(await outcomeOf(codes.use(PHONE, { code: typed, challenge, asker: ASKER }))).toBe("in");
  });

  test("works once", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    await codes.use(PHONE, { code, challenge, asker: ASKER });
    expect(await outcomeOf(codes.use(PHONE, { code, challenge, asker: ASKER }))).toBe("code_expired");
  });

  test("lets in one of two right guesses that race", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    const guesses = [
      codes.use(PHONE, { code, challenge, asker: ASKER }),
      codes.use(PHONE, { code, challenge, asker: ASKER }),
    ];
    expect((await Promise.all(guesses.map(outcomeOf))).toSorted()).toEqual(["code_expired", "in"]);
  });

  test("is no code of another number", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    expect(await outcomeOf(codes.use("+12025550102", { code, challenge, asker: ASKER }))).toBe(
      "code_expired",
    );
  });

  test("is dead after its time", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    now += CODE_TTL_MS - 1;
    expect(await outcomeOf(codes.use(PHONE, { code: wrong(code), challenge, asker: ASKER }))).toBe(
      "code_wrong",
    );
    now += 1;
    expect(await outcomeOf(codes.use(PHONE, { code, challenge, asker: ASKER }))).toBe("code_expired");
  });

  test("is void once the same browser asked for a newer one", async () => {
    const older = await codes.make(PHONE, NEW);
    const newer = await codes.make(PHONE, { known: true, replaces: older.challenge });
    expect(await outcomeOf(codes.use(PHONE, { ...older, asker: ASKER }))).toBe("code_expired");
    expect(await outcomeOf(codes.use(PHONE, { ...newer, asker: ASKER }))).toBe("in");
  });

  test("stays good when somebody else asks for one of the same number", async () => {
    const own = await codes.make(PHONE, NEW);
    const strangers = await codes.make(PHONE, NEW);
    expect(await outcomeOf(codes.use(PHONE, { ...own, challenge: strangers.challenge, asker: ASKER }))).toBe(
      own.code === strangers.code ? "in" : "code_wrong",
    );
    expect(await outcomeOf(codes.use(PHONE, { ...own, asker: ASKER }))).toBe("in");
  });

  test("is never in the store, nor is its number or its challenge", async () => {
    const written: string[] = [];
    const watched: Store = {
      ...store,
      set(key, value, options) {
        written.push(key, value);
        return store.set(key, value, options);
      },
    };
    const { code, challenge } = await createCodes({ store: watched, keys }).make(PHONE, NEW);
    expect(written.length).toBeGreaterThan(0);
    for (const secret of [code, challenge, PHONE.slice(1)]) expect(written.join(" ")).not.toContain(secret);
  });
});

describe("guessing", () => {
  test("is locked by the fifth wrong try, for the right code too", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    const outcomes: string[] = [];
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      outcomes.push(await outcomeOf(codes.use(PHONE, { code: wrong(code), challenge, asker: ASKER })));
    }
    expect(outcomes).toEqual(["code_wrong", "code_wrong", "code_wrong", "code_wrong", "code_locked"]);
    expect(await outcomeOf(codes.use(PHONE, { code, challenge, asker: ASKER }))).toBe("code_locked");
  });

  test("in parallel gets no more tries than one by one", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    const guesses = Array.from({ length: 50 }, () =>
      codes.use(PHONE, { code: wrong(code), challenge, asker: ASKER }),
    );
    const outcomes = await Promise.all(guesses.map(outcomeOf));
    expect(outcomes.filter((outcome) => outcome === "code_wrong")).toHaveLength(CODE_TRIES - 1);
    expect(outcomes.filter((outcome) => outcome === "code_locked")).toHaveLength(50 - CODE_TRIES + 1);
    expect(await outcomeOf(codes.use(PHONE, { code, challenge, asker: ASKER }))).toBe("code_locked");
  });

  test("starts anew with a new code", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      await outcomeOf(codes.use(PHONE, { code: wrong(code), challenge, asker: ASKER }));
    }
    expect(await outcomeOf(codes.use(PHONE, { ...(await codes.make(PHONE, NEW)), asker: ASKER }))).toBe("in");
  });

  test("from another browser finds no code, and takes no try from the one that asked", async () => {
    const { code, challenge } = await codes.make(PHONE, NEW);
    const stranger = (await codes.make("+12025550102", NEW)).challenge;
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      expect(await outcomeOf(codes.use(PHONE, { code, challenge: stranger, asker: ASKER }))).toBe(
        "code_expired",
      );
      expect(await outcomeOf(codes.use(PHONE, { code, challenge: null, asker: ASKER }))).toBe("code_expired");
    }
    expect(await outcomeOf(codes.use(PHONE, { code, challenge, asker: ASKER }))).toBe("in");
  });

  test("at a number that nobody has is answered like any other, and never right", async () => {
    const { code, challenge } = await codes.make(PHONE, { ...NEW, known: false });
    const outcomes: string[] = [];
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      outcomes.push(await outcomeOf(codes.use(PHONE, { code, challenge, asker: ASKER })));
    }
    expect(outcomes).toEqual(["code_wrong", "code_wrong", "code_wrong", "code_wrong", "code_locked"]);
  });

  test("that is locked says when a new code may be asked for", async () => {
    await codes.startWait(PHONE, ASKER);
    const { code, challenge } = await codes.make(PHONE, NEW);
    now += 10_000;
    const guesses = Array.from({ length: CODE_TRIES + 1 }, () =>
      codes.use(PHONE, { code: wrong(code), challenge, asker: ASKER }),
    );
    const reasons = (await Promise.allSettled(guesses)).flatMap((guess) =>
      guess.status === "rejected" ? guess.reason : [],
    );
    expect(reasons.at(-1)).toMatchObject({ code: "code_locked", retryAfterMs: CODE_RESEND_MS - 10_000 });
  });
});

describe("the wait between two codes", () => {
  test("is refused with the time that is left of it", async () => {
    await codes.startWait(PHONE, ASKER);
    now += 12_000;
    await expect(codes.startWait(PHONE, ASKER)).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterMs: CODE_RESEND_MS - 12_000,
    });
  });

  test("is not made longer by asking, and is each number's and each asker's own", async () => {
    await codes.startWait(PHONE, ASKER);
    now += CODE_RESEND_MS - 1;
    expect(await outcomeOf(codes.startWait(PHONE, ASKER))).toBe("rate_limited");
    expect(await outcomeOf(codes.startWait("+12025550102", ASKER))).toBe("in");
    expect(await outcomeOf(codes.startWait(PHONE, "another network"))).toBe("in");
    now += 1;
    expect(await outcomeOf(codes.startWait(PHONE, ASKER))).toBe("in");
  });

  test("lets one of two through that ask at once", async () => {
    const asked = await Promise.all(
      [codes.startWait(PHONE, ASKER), codes.startWait(PHONE, ASKER)].map(outcomeOf),
    );
    expect(asked.toSorted()).toEqual(["in", "rate_limited"]);
  });
});
