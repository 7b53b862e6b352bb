/** The mails around the end of an account: the code that proves the wish, and the last one. */
import { CODE_TTL_MS } from "#protocol/limits.ts";
import type { Mail } from "../auth/code_mail.ts";

const MINUTE_MS = 60 * 1_000;

export function deletionCodeMail({
  to,
  code,
  origin,
}: {
  to: string;
  code: string;
  origin: string | null;
}): Mail {
  const text = [
    `Your code to delete your account at ${placeOf(origin)}:`,
    code,
    `It works once, for ${CODE_TTL_MS / MINUTE_MS} minutes, in the browser that asked for it. Deleting cannot be undone.`,
    "If you did not ask for it, somebody else is signed in as you: open Settings, Devices and sign out all others, and give the code to nobody.",
  ];
  return { to, subject: "Your code to delete your account", text: `${text.join("\n\n")}\n` };
}

export function farewellMail({ to, origin }: { to: string; origin: string | null }): Mail {
  const text = [
    `Your account at ${placeOf(origin)} is deleted, as asked for with the code that was sent to you.`,
    "Your number and this address are not kept any more. What you said to others they can read until it is seven days old.",
  ];
  return { to, subject: "Your account is deleted", text: `${text.join("\n\n")}\n` };
}

function placeOf(origin: string | null): string {
  return origin === null ? "Parley" : `Parley at ${new URL(origin).host}`;
}
