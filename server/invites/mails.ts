/** What is mailed to an address that somebody joins with. Which of these it is, only who reads the mail learns. */
import { CODE_TTL_MS } from "#protocol/limits.ts";
import type { Mail } from "../auth/code_mail.ts";

const MINUTE_MS = 60 * 1_000;

export interface JoinMail {
  to: string;
  code: string;
  /** Where; null when there is no configured one. */
  origin: string | null;
}

/** Nobody has the address yet. */
export function joinMail({ to, code, origin }: JoinMail): Mail {
  return mailOf(to, [
    `Your code to join ${placeOf(origin)}:`,
    code,
    lifeOf(),
    "If you have an account already, under another address, sign in with it and open the invitation again.",
    "If you did not ask for it, somebody typed your address: ignore this mail, and give the code to nobody.",
  ]);
}

/** Number and address are those of one account: the code signs its person in. */
export function returnMail({ to, code, origin }: JoinMail): Mail {
  return mailOf(to, [
    `You have an account at ${placeOf(origin)} already. This code signs you in, and connects you with who invited you:`,
    code,
    lifeOf(),
    "If you did not ask for it, somebody typed your phone number and address: ignore this mail, and give the code to nobody.",
  ]);
}

/** The address is that of an account with another number: there is no code that would help. */
export function elsewhereMail({ to, origin }: Omit<JoinMail, "code">): Mail {
  return mailOf(to, [
    `Somebody wants to join ${placeOf(origin)} with this address and a phone number that is not yours there.`,
    "If that was you: you have an account already. Sign in with its phone number, and open the invitation again.",
    "If not, there is nothing to do.",
  ]);
}

/** One subject for all: subjects show on locked screens and in mail logs. */
function mailOf(to: string, paragraphs: string[]): Mail {
  return { to, subject: "Your invitation to Parley", text: `${paragraphs.join("\n\n")}\n` };
}

function placeOf(origin: string | null): string {
  return origin === null ? "Parley" : `Parley at ${new URL(origin).host}`;
}

function lifeOf(): string {
  return `It works once, for ${CODE_TTL_MS / MINUTE_MS} minutes, in the browser that asked for it.`;
}
