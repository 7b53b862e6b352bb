import type { CaughtMail } from "#protocol/http.ts";
import type { EpochMs } from "#protocol/ids.ts";

const CODE = /\b\d{6}\b/;
const LOOK_AGAIN_MS = 100;
const GIVE_UP_MS = 8_000;

/** The code in the newest mail to `to` since then; null when none comes in time. */
export async function codeFor(
  to: string,
  { mailbox, since }: { mailbox: string; since: EpochMs },
): Promise<string | null> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (Date.now() < giveUpAt) {
    const response = await fetch(mailbox);
    const mails = (await response.json()) as CaughtMail[];
    const mail = mails.find(
      (candidate) => candidate.to === to && candidate.receivedAt >= since && CODE.test(candidate.text),
    );
    const code = mail && CODE.exec(mail.text)?.[0];
    if (code) return code;
    await Bun.sleep(LOOK_AGAIN_MS);
  }
  return null;
}
