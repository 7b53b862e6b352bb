/** Tells what asking for codes and signing in came to, for the log and the metrics: results and ids, nobody's number. */
import type { ProblemCode } from "#protocol/codes.ts";
import type { UserId } from "#protocol/ids.ts";
import { Refusal } from "../problem.ts";
import type { SignIn } from "./signin.ts";

/** `internal`: it failed in a way that was not meant. */
export type SignInResult = "ok" | ProblemCode;

export interface Told {
  codeAsked: (result: SignInResult) => void;
  /** `user`: who signed in; null when nobody did. */
  signInTried: (result: SignInResult, user: UserId | null) => void;
}

/** The same sign-in, whose results are told. */
export function tellResults(signIn: SignIn, told: Told): SignIn {
  return {
    async askForCode(request) {
      try {
        const answer = await signIn.askForCode(request);
        told.codeAsked("ok");
        return answer;
      } catch (error) {
        told.codeAsked(resultOf(error));
        throw error;
      }
    },
    async signIn(request) {
      try {
        const answer = await signIn.signIn(request);
        told.signInTried("ok", answer.user.id);
        return answer;
      } catch (error) {
        told.signInTried(resultOf(error), null);
        throw error;
      }
    },
  };
}

function resultOf(error: unknown): SignInResult {
  return error instanceof Refusal ? error.code : "internal";
}
