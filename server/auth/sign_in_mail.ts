/** The mail that tells of a sign-in, for who has no other device that would, or is not the one who signed in. */
import type { Mail } from "./code_mail.ts";
import type { Session } from "./sessions.ts";

/** `origin`: where it was; null when there is no configured one. */
export function signInMail({
  to,
  session,
  origin,
}: {
  to: string;
  session: Pick<Session, "device" | "createdAt">;
  origin: string | null;
}): Mail {
  const place = origin === null ? "Parley" : `Parley at ${new URL(origin).host}`;
  const when = new Date(session.createdAt).toUTCString();
  const text = [
    `Somebody signed in to ${place} as you:`,
    `${session.device}\n${when}`,
    "If that was you, there is nothing to do.",
    "If not, somebody can read your mail: change its password first. Then open Settings, Devices on a device of yours, and sign out all others.",
  ];
  return { to, subject: "New sign-in to Parley", text: `${text.join("\n\n")}\n` };
}
