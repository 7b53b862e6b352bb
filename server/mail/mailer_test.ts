import { afterEach, expect, test } from "bun:test";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";
import type { AddressInfo } from "node:net";
import { recordLog } from "../testing/quiet.ts";
import { startProxy } from "../testing/proxy.ts";
import { startCatcher } from "./catcher.ts";
import { createMailer } from "./mailer.ts";

const FROM = "Parley <parley@example.org>";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function openMailbox() {
  const catcher = await startCatcher();
  cleanups.push(catcher.close);
  return catcher;
}

function openMailer(smtpUrl: string) {
  const { log, text } = recordLog();
  const mailer = createMailer({ smtpUrl, from: FROM, log });
  cleanups.push(mailer.close);
  return { mailer, logged: text };
}

/** An SMTP server that behaves as told. */
async function startServer(options: SMTPServerOptions) {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ["AUTH", "STARTTLS"], ...options });
  server.on("error", () => {});
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  cleanups.push(() => server.close());
  return `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

test("a mail arrives as it was written", async () => {
  const catcher = await openMailbox();
  const { mailer } = openMailer(catcher.smtpUrl);
  await mailer.send({ to: "bob@example.org", subject: "Dein Code – ✓", text: "Grüße,\n\n.\n123456" });
  expect(catcher.newest()).toEqual([
    {
      to: "bob@example.org",
      subject: "Dein Code – ✓",
      text: "Grüße,\n\n.\n123456",
      receivedAt: expect.any(Number),
    },
  ]);
});

test("many mails at once all arrive", async () => {
  const catcher = await openMailbox();
  const { mailer } = openMailer(catcher.smtpUrl);
  const subjects = Array.from({ length: 30 }, (_, index) => `mail ${index}`);
  await Promise.all(subjects.map((subject) => mailer.send({ to: "bob@example.org", subject, text: "" })));
  const caught = catcher.newest().map((mail) => mail.subject);
  expect(caught.toSorted()).toEqual(subjects.toSorted());
});

test("a line break in a subject adds no header, and two addresses in one are refused", async () => {
  const catcher = await openMailbox();
  const { mailer } = openMailer(catcher.smtpUrl);
  await mailer.send({ to: "bob@example.org", subject: "Hi\r\nBcc: eve@example.org", text: "" });
  expect(catcher.newest()[0]?.to).toBe("bob@example.org");
  const twice = { to: "bob@example.org, eve@example.org", subject: "", text: "" };
  await expect(mailer.send(twice)).rejects.toThrow("not one plain address");
  expect(catcher.newest()).toHaveLength(1);
});

test("a refusal is told by its codes, and no address gets into error or log", async () => {
  const smtpUrl = await startServer({
    onRcptTo(address, _session, answer) {
      answer(Object.assign(new Error(`<${address.address}> is unknown here`), { responseCode: 550 }));
    },
  });
  const { mailer, logged } = openMailer(smtpUrl);
  const sending = mailer.send({ to: "bob@example.org", subject: "Code", text: "123456" });
  const error: unknown = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(String(error)).toBe("MailError: the mail was not taken: EENVELOPE RCPT TO 550");
  expect(Bun.inspect(error) + logged()).not.toMatch(/bob|123456/);
});

test("a mail goes out on a new connection when the server has closed the old one", async () => {
  const catcher = await openMailbox();
  const { hostname: host, port } = new URL(catcher.smtpUrl);
  const proxy = await startProxy({ host, port: Number(port) });
  cleanups.push(proxy.close);
  const { mailer } = openMailer(`smtp://127.0.0.1:${proxy.port}`);
  await mailer.send({ to: "bob@example.org", subject: "first", text: "" });
  proxy.cut();
  proxy.mend();
  await mailer.send({ to: "bob@example.org", subject: "second", text: "" });
  expect(catcher.newest().map((mail) => mail.subject)).toEqual(["second", "first"]);
});

test("verify tells whether the server is there", async () => {
  const catcher = await openMailbox();
  expect(await openMailer(catcher.smtpUrl).mailer.verify()).toBeUndefined();
  await expect(openMailer("smtp://127.0.0.1:1").mailer.verify()).rejects.toThrow("ESOCKET");
});
