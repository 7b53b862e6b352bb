import type { ProblemCode } from "#protocol/codes.ts";
import type { Problem } from "#protocol/http.ts";

/** `unreachable`: no answer came (offline, time-out, or something in between that speaks no JSON). */
export type ApiProblemCode = ProblemCode | "unreachable";

/** A request that was refused or got no answer. `message` is a sentence for the person. */
export class ApiProblem extends Error {
  readonly code: ApiProblemCode;
  readonly retryAfterMs: number | undefined;

  constructor(problem: Omit<Problem, "code"> & { code: ApiProblemCode }, cause?: unknown) {
    super(problem.message, { cause });
    this.name = "ApiProblem";
    this.code = problem.code;
    this.retryAfterMs = problem.retryAfterMs;
  }
}
