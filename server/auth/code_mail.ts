/** The mail that brings a code. The code is in the text only: subjects show on locked screens and in mail logs. */
import { CODE_TTL_MS } from "#protocol/limits.ts";

const MINUTE_MS = 60 * 1_000;

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** `origin`: where the person is signing in; null when there is no configured one. */
export function codeMail({ to, code, origin }: { to: string; code: string; origin: string | null }): Mail {
  const place = origin === null ? "Parley" : `Parley at ${new URL(origin).host}`;
  const text = [
    `Your code to sign in to ${place}:`,
    code,
    `It works once, for ${CODE_TTL_MS / MINUTE_MS} minutes, in the browser that asked for it.`,
    "If you did not ask for it, somebody typed your phone number: ignore this mail, and give the code to nobody.",
  ];
  return { to, subject: "Your code for Parley", text: `${text.join("\n\n")}\n` };
}
