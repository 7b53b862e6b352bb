/** A mailbox for everybody: an SMTP server that takes every mail, keeps the newest in memory and delivers none. */
import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import type { SMTPServerDataStream } from "smtp-server";
import type { CaughtMail } from "#protocol/http.ts";
import { systemClock } from "../clock.ts";

const KEPT_MAILS = 200;
const MAIL_MAX_BYTES = 1024 * 1024;
/** Connections that are open when the catcher closes may take so long to say goodbye. */
const CLOSE_WITHIN_MS = 200;

export interface Catcher {
  /** For a mailer, or for anything else that speaks SMTP. */
  smtpUrl: string;
  /** What was caught, newest first. */
  newest(): CaughtMail[];
  close(): Promise<void>;
}

export interface CatcherOptions {
  host?: string;
  /** 0: any free one. */
  port?: number;
}

export async function startCatcher({ host = "127.0.0.1", port = 0 }: CatcherOptions = {}): Promise<Catcher> {
  const caught: CaughtMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: MAIL_MAX_BYTES,
    closeTimeout: CLOSE_WITHIN_MS,
    onData(stream, { envelope }, taken) {
      const to = envelope.rcptTo.map((recipient) => recipient.address).join(", ");
      read(stream).then(
        ({ subject = "", text = "" }) => {
          caught.unshift({ to, subject, text: text.trimEnd(), receivedAt: systemClock() });
          caught.splice(KEPT_MAILS);
          taken();
        },
        (error: Error) => taken(error),
      );
    },
  });
  // A client that breaks off is no business of ours, and without a listener it would end the process.
  server.on("error", () => {});

  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.server.once("error", reject);
  server.listen(port, host, resolve);
  await listening;
  const { port: bound } = server.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://${host}:${bound}`,
    newest: () => [...caught],
    close() {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      return closed;
    },
  };
}

async function read(stream: SMTPServerDataStream) {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  if (stream.sizeExceeded) throw new Error("the mail is too large");
  return PostalMime.parse(Buffer.concat(chunks));
}
