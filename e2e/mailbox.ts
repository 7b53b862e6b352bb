import { expect } from "@playwright/test";
import type { CaughtMail } from "#protocol/http.ts";
import type { EpochMs } from "#protocol/ids.ts";
import { noteSecret } from "./leaks/notes.ts";

const CODE = /\b\d{6}\b/;

export interface Wanted {
  /** Where mails are caught. */
  at: string;
  /** Address it went to. */
  to: string;
  /** Older mails are not meant. */
  since: EpochMs;
}

/** Waits for the mail and returns the code in it. */
export async function codeFromMail({ at, to, since }: Wanted): Promise<string> {
  let code: string | undefined;
  await expect
    .poll(
      async () => {
        const response = await fetch(at);
        const mails: CaughtMail[] = await response.json();
        const mail = mails.find(
          (candidate) => candidate.to === to && candidate.receivedAt >= since && CODE.test(candidate.text),
        );
        code = mail && CODE.exec(mail.text)?.[0];
        return code;
      },
      { message: `a mail with a code to ${to}` },
    )
    .toMatch(CODE);
  if (code === undefined) throw new Error(`no code came to ${to}`);
  noteSecret({ kind: "code", value: code });
  return code;
}
