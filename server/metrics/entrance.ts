/** Who comes in and who is held up: codes, sign-ins, mails, throttles. */
import type { Registry } from "prom-client";
import type { ProblemCode } from "#protocol/codes.ts";
import { cellOf, createTally } from "./tally.ts";

const SIGN_IN_REFUSALS = [
  "code_wrong",
  "code_expired",
  "code_locked",
  "rate_limited",
] as const satisfies ProblemCode[];

/** What is held to a pace. */
export type Paced = "send" | "command" | "resume" | "request" | "code" | "try";

export type Entrance = ReturnType<typeof createEntrance>;

export function createEntrance(registry: Registry) {
  const codes = createTally(registry, {
    name: "parley_codes_total",
    help: "Requests for a one-time code, by result; the same for numbers that nobody has",
    label: "result",
    values: ["ok", "rate_limited", "other"],
  });
  const signIns = createTally(registry, {
    name: "parley_sign_ins_total",
    help: "Tries to sign in with a code, by result",
    label: "result",
    values: ["ok", ...SIGN_IN_REFUSALS, "other"],
  });
  const mails = createTally(registry, {
    name: "parley_mails_total",
    help: "Mails with a code, by what the mail server said",
    label: "result",
    values: ["sent", "failed"],
  });
  const throttled = createTally(registry, {
    name: "parley_throttled_total",
    help: "What came faster than its pace allows",
    label: "what",
    values: ["send", "command", "resume", "request", "code", "try"] satisfies Paced[],
  });
  return {
    /** `result`: `ok` or the code of the refusal. */
    codeAsked(result: string) {
      cellOf(codes, result).count += 1;
      if (result === "rate_limited") throttled.code.count += 1;
    },
    signInTried(result: string) {
      cellOf(signIns, result).count += 1;
      if (result === "rate_limited") throttled.try.count += 1;
    },
    mailed: (result: "sent" | "failed") => void (mails[result].count += 1),
    throttled: (what: Paced) => void (throttled[what].count += 1),
  };
}
