/** Tells what asking for codes and signing in came to, for the log and the metrics: results and ids, nobody's number. */
import type { ProblemCode } from "#protocol/codes.ts";
import type { UserId } from "#protocol/ids.ts";
import { Refusal } from "../problem.ts";
import type { SignedIn } from "./admission.ts";
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
  return { askForCode: tellAsked(signIn.askForCode, told), signIn: tellTried(signIn.signIn, told) };
}

/** The same asking for a code, whose results are told. */
export function tellAsked<Request, Answer>(
  ask: (request: Request) => Promise<Answer>,
  told: Told,
): (request: Request) => Promise<Answer> {
  return async function askAndTell(request) {
    try {
      const answer = await ask(request);
      told.codeAsked("ok");
      return answer;
    } catch (error) {
      told.codeAsked(resultOf(error));
      throw error;
    }
  };
}

/** The same way in by a code, whose results are told. */
export function tellTried<Request>(
  enter: (request: Request) => Promise<SignedIn>,
  told: Told,
): (request: Request) => Promise<SignedIn> {
  return async function enterAndTell(request) {
    try {
      const answer = await enter(request);
      told.signInTried("ok", answer.user.id);
      return answer;
    } catch (error) {
      told.signInTried(resultOf(error), null);
      throw error;
    }
  };
}

function resultOf(error: unknown): SignInResult {
  return error instanceof Refusal ? error.code : "internal";
}
