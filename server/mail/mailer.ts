/**
 * Mail over SMTP, through a few connections kept open: a first mail on a fresh one costs a tenth of a second. Neither the log
 * nor an error carries an address: servers like to repeat it in their refusals, so those are cut down to their codes.
 */
import { createTransport } from "nodemailer";
import type { Logger } from "pino";

const CONNECTIONS = 4;
const CONNECT_WITHIN_MS = 5_000;
/** A server that says nothing for so long in the middle of a mail is given up. */
const SILENCE_MS = 15_000;
/** Tries after a connection that broke before the mail was taken. */
const RETRIES = 2;
/** One plain address: anything else could be read as several. */
const ADDRESS = /^[^\s,;:<>()"]+@[^\s,;:<>()"]+$/;

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Resolves when the SMTP server has taken the mail; rejects with a MailError otherwise. */
  send(mail: Mail): Promise<void>;
  /** Resolves when the SMTP server can be reached and lets us in. */
  verify(): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  /** smtp://user:password@host:port, or smtps:// for TLS from the start. */
  smtpUrl: string;
  /** Sender, like `Parley <parley@example.org>`. */
  from: string;
  log: Logger;
}

/** The SMTP server did not do what was asked. The message holds codes only. */
class MailError extends Error {
  override name = "MailError";
}

export function createMailer({ smtpUrl, from, log }: MailerOptions): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: CONNECTIONS,
    maxRequeues: RETRIES,
    connectionTimeout: CONNECT_WITHIN_MS,
    greetingTimeout: CONNECT_WITHIN_MS,
    dnsTimeout: CONNECT_WITHIN_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      if (!ADDRESS.test(to)) throw new MailError("the recipient is not one plain address");
      const headers = { "Auto-Submitted": "auto-generated" };
      try {
        await transport.sendMail({ from, to, subject, text, headers });
      } catch (error) {
        throw new MailError(`the mail was not taken: ${codesOf(error)}`);
      }
      log.debug("mail sent");
    },
    async verify() {
      try {
        await transport.verify();
      } catch (error) {
        throw new MailError(`the SMTP server does not let us in: ${codesOf(error)}`);
      }
    },
    close: () => transport.close(),
  };
}

/** Like `EENVELOPE RCPT TO 550`: nodemailer's code, the SMTP command, the server's code. */
function codesOf(error: unknown) {
  if (!(error instanceof Error)) return "unknown error";
  const { code, command, responseCode } = error as { code?: string; command?: string; responseCode?: number };
  const codes = [code, command, responseCode].filter((part) => part !== undefined);
  return codes.length > 0 ? codes.join(" ") : error.name;
}
