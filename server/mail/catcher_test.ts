import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createTransport } from "nodemailer";
import type { Transporter } from "nodemailer";
import { startCatcher } from "./catcher.ts";
import type { Catcher } from "./catcher.ts";
import { mailRoutes } from "./routes.ts";

const KEPT_MAILS = 200;
const FROM = "parley@example.org";

let catcher: Catcher;
let transport: Transporter;
beforeAll(async () => {
  catcher = await startCatcher();
  transport = createTransport({ url: catcher.smtpUrl, pool: true });
});
afterAll(async () => {
  transport.close();
  await catcher.close();
});

async function ask(path: string) {
  const response = await mailRoutes(catcher).handle(new Request(`http://localhost${path}`));
  return { type: response.headers.get("content-type"), body: await response.text() };
}

describe("the mailbox", () => {
  test("is an empty page and an empty list before the first mail", async () => {
    expect(JSON.parse((await ask("/dev/mail.json")).body)).toEqual([]);
    expect((await ask("/dev/mail")).body).toContain("No mail yet");
  });

  test("keeps the newest mails only, newest first", async () => {
    const subjects = Array.from({ length: KEPT_MAILS + 5 }, (_, index) => `mail ${index}`);
    for (const subject of subjects) await transport.sendMail({ from: FROM, to: "bob@example.org", subject });
    const caught = catcher.newest().map((mail) => mail.subject);
    expect(caught).toEqual(subjects.toReversed().slice(0, KEPT_MAILS));
  });

  test("names everybody a mail was meant for, in copy or blind", async () => {
    await transport.sendMail({ from: FROM, to: "bob@example.org", bcc: "carol@example.org", text: "Hi" });
    expect(catcher.newest()[0]?.to).toBe("bob@example.org, carol@example.org");
  });

  test("refuses a mail that is too large and takes the next", async () => {
    const text = "x".repeat(2 * 1024 * 1024);
    await expect(transport.sendMail({ from: FROM, to: "bob@example.org", text })).rejects.toThrow();
    await transport.sendMail({ from: FROM, to: "bob@example.org", subject: "small" });
    expect(catcher.newest()[0]?.subject).toBe("small");
  });
});

describe("the page", () => {
  const hostile = `<script>alert("1")</script><img src=x onerror=alert(1)>`;
  let page: string;
  beforeEach(async () => {
    const mail = { from: FROM, to: "bob@example.org", subject: hostile, text: `${hostile}\n654321` };
    await transport.sendMail(mail);
    page = (await ask("/dev/mail")).body;
  });

  test("shows what came by mail as text", () => {
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page).toContain(Bun.escapeHTML(hostile));
  });

  test("shows the code by itself", () => {
    expect(page).toContain('<p class="code">654321</p>');
  });

  test("keeps to a policy that forbids inline scripts and styles and other sites", () => {
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+="|https?:/);
    expect(page).toContain('<link rel="stylesheet" href="/dev/mail.css">');
  });

  test("has its style beside it, and the mails as JSON", async () => {
    expect((await ask("/dev/mail.css")).type).toBe("text/css; charset=utf-8");
    const { type, body } = await ask("/dev/mail.json");
    expect(type).toStartWith("application/json");
    expect(JSON.parse(body)[0]).toEqual({
      to: "bob@example.org",
      subject: hostile,
      text: `${hostile}\n654321`,
      receivedAt: expect.any(Number),
    });
  });
});

test("the catcher alone serves SMTP and the page until it is told to stop", async () => {
  const script = `${import.meta.dirname}/catch.ts`;
  const child = Bun.spawn([process.execPath, script, "--smtp", "0", "--http", "0"], { stdout: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const { smtp, page }: { smtp: string; page: string } = JSON.parse(new TextDecoder().decode(value));
  const mail = { from: FROM, to: "bob@example.org", subject: "alone", text: "" };
  const alone = createTransport(smtp);
  await alone.sendMail(mail);
  expect(await (await fetch(`${page}.json`)).json()).toMatchObject([{ subject: "alone" }]);
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
});
