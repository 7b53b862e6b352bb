/** Error codes, for programs. Each has one sentence for people, in `server/problem.ts`. */

/** Why a command was refused on the socket. */
export type RefusedCode =
  /** No frame type that this server knows. */
  | "unknown_frame"
  /** A known type with fields that do not fit. */
  | "bad_frame"
  /** A command before `hello`. */
  | "hello_first"
  /** The text is empty once cleaned. */
  | "empty_text"
  /** The text is longer than `TEXT_MAX_CHARS`. */
  | "text_too_long"
  /** The recipient is not a contact, or does not exist: the same answer for both. */
  | "not_a_contact"
  /** The sender has blocked the recipient. */
  | "blocked"
  /** This cid was used before with another text or recipient. */
  | "cid_conflict"
  /** No such conversation of this user. */
  | "no_conversation"
  /** No such message in it: it expired, was deleted, or never was. */
  | "no_message"
  /** Only who wrote a message may do that to it. */
  | "not_yours"
  /** The message is older than `EDIT_WITHIN_MS`. */
  | "edit_too_late"
  /** A reaction is exactly one emoji. */
  | "not_an_emoji"
  /** Too fast; `retryAfterMs` says when to come back. */
  | "rate_limited"
  /** The server cannot store just now; nothing was accepted; `retryAfterMs` says when to try again. */
  | "unavailable";

/** Why an HTTP request was refused. */
export type ProblemCode =
  | RefusedCode
  | "bad_request"
  | "bad_phone"
  /** Nothing is left of a name once it is cleaned, or too much. */
  | "bad_name"
  | "bad_email"
  /** No invite that anybody can use: it ran out, was used or revoked, or never was. The same answer for all of them. */
  | "no_invite"
  /** The own invite is for somebody else. */
  | "own_invite"
  /** The person has `INVITES_OPEN_MAX` open invites. */
  | "too_many_invites"
  /** There is an account with this number. For administrators alone. */
  | "number_taken"
  | "not_signed_in"
  | "forbidden_origin"
  | "not_found"
  | "too_large"
  | "code_wrong"
  | "code_expired"
  | "code_locked"
  | "internal";
