/**
 * An error that was meant: a code for the program, a sentence for the person, a detail for the operator's log. The HTTP
 * error hook turns it into `{code, message, retryAfterMs?}` with its status; anything else thrown becomes `internal`.
 */
import type { ProblemCode } from "#protocol/codes.ts";
import type { Problem } from "#protocol/http.ts";
import { INVITES_OPEN_MAX, NAME_MAX_CHARS, TEXT_MAX_CHARS } from "#protocol/limits.ts";

const MEANING = {
  unknown_frame: [400, "This server does not know that kind of frame."],
  bad_frame: [400, "A frame was not in the expected form."],
  hello_first: [400, "The connection must begin with hello."],
  bad_request: [400, "The request was not in the expected form."],
  bad_phone: [400, "That does not look like a phone number. Please include the country code, like +1."],
  bad_name: [422, `A name has 1 to ${NAME_MAX_CHARS} characters.`],
  bad_email: [422, "That does not look like an email address."],
  no_invite: [
    404,
    "This invitation is not valid. It may have been used, or be too old. Please ask for a new one.",
  ],
  own_invite: [409, "This is your own invitation. Send it to whom you want to talk to."],
  too_many_invites: [409, `You can have ${INVITES_OPEN_MAX} open invitations. Revoke one to make another.`],
  number_taken: [409, "There is a user with this phone number already."],
  not_signed_in: [401, "Please sign in."],
  forbidden_origin: [403, "This request came from another site and was refused."],
  not_a_contact: [403, "You can only write to your contacts."],
  blocked: [403, "You have blocked this person. Unblock them to write."],
  not_found: [404, "There is nothing here."],
  no_conversation: [404, "There is no such conversation."],
  not_yours: [403, "Only who wrote a message can change it."],
  no_message: [404, "This message is no longer here."],
  edit_too_late: [409, "A message can be edited for a quarter of an hour only."],
  cid_conflict: [409, "This message id was already used for another message."],
  too_large: [413, "That was too large."],
  empty_text: [422, "The message is empty."],
  text_too_long: [422, `A message can have at most ${TEXT_MAX_CHARS.toLocaleString("en")} characters.`],
  not_an_emoji: [422, "A reaction is one emoji."],
  code_wrong: [422, "That code is not right. Please check the newest mail."],
  code_expired: [422, "That code has expired. Please ask for a new one."],
  code_locked: [429, "Too many wrong tries. Please ask for a new code."],
  rate_limited: [429, "That was too fast. Please wait a moment."],
  internal: [500, "Something went wrong on the server. It has been noted."],
  unavailable: [503, "The server cannot do this just now. Please try again in a moment."],
} as const satisfies Record<ProblemCode, readonly [status: number, sentence: string]>;

/** Every code, for the description of the API. */
export const PROBLEM_CODES = Object.keys(MEANING) as ProblemCode[];

export interface RefusalOptions {
  /** When to come back, milliseconds. */
  retryAfterMs?: number;
  /** For the log only: what was being done, and the value, if it is not personal. */
  detail?: string;
  cause?: unknown;
}

/** Thrown by routes and domains to refuse a request with `code`. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(code: ProblemCode, { retryAfterMs, detail, cause }: RefusalOptions = {}) {
    super(detail ?? code, { cause });
    this.name = "Refusal";
    this.code = code;
    this.status = MEANING[code][0];
    this.retryAfterMs = retryAfterMs;
  }

  /** The body that the client gets. */
  toProblem(): Problem {
    const problem: Problem = { code: this.code, message: MEANING[this.code][1] };
    if (this.retryAfterMs !== undefined) problem.retryAfterMs = this.retryAfterMs;
    return problem;
  }
}
