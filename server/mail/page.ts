/** The mailbox as a page: one file of HTML and one of CSS, no script. It looks again by itself every few seconds. */
import type { CaughtMail } from "#protocol/http.ts";
import type { EpochMs } from "#protocol/ids.ts";

const REFRESH_SECONDS = 5;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const CODE = /\b\d{6}\b/;

/** Everything that came by mail is shown as text. */
export function renderMailbox(mails: readonly CaughtMail[], { now }: { now: EpochMs }): string {
  const list = mails.map((mail) => renderMail(mail, now)).join("\n");
  const empty = `<p class="empty">No mail yet. Ask for a code, and it will be here.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>Mailbox${mails.length > 0 ? ` (${mails.length})` : ""} · Parley</title>
<link rel="stylesheet" href="/dev/mail.css">
</head>
<body>
<header>
<h1>Mailbox</h1>
<p>Mail that this server would have sent. Nothing leaves this machine.</p>
</header>
<main>
${mails.length > 0 ? list : empty}
</main>
</body>
</html>
`;
}

function renderMail({ to, subject, text, receivedAt }: CaughtMail, now: EpochMs) {
  const code = CODE.exec(text)?.[0];
  return `<article>
<header>
<h2>${Bun.escapeHTML(subject) || "(no subject)"}</h2>
<time datetime="${new Date(receivedAt).toISOString()}">${ago(now - receivedAt)}</time>
</header>
<p class="to">to ${Bun.escapeHTML(to)}</p>
${code === undefined ? "" : `<p class="code">${code}</p>`}
<pre dir="auto">${Bun.escapeHTML(text)}</pre>
</article>`;
}

function ago(ageMs: number) {
  if (ageMs < MINUTE_MS) return `${Math.max(0, Math.floor(ageMs / SECOND_MS))} s ago`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  return `${Math.floor(ageMs / HOUR_MS)} h ago`;
}

export const MAILBOX_CSS = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f4f5f7, #14171a);
  --card: light-dark(#ffffff, #1f2428);
  --text: light-dark(#1c2024, #e8eaed);
  --faint: light-dark(#5c6670, #9aa4ae);
  --line: light-dark(#dfe3e8, #31383e);
  --accent: light-dark(#0b6b5b, #6fd6c1);
}
* { box-sizing: border-box; margin: 0; }
body {
  max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
body > header { margin-bottom: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
body > header p, .to, time, .empty { color: var(--faint); font-size: 0.9rem; }
article {
  margin-bottom: 1rem; padding: 1rem 1.25rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem;
}
article header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; justify-content: space-between; }
h2 { font-size: 1.05rem; line-height: 1.4; overflow-wrap: anywhere; }
.to { overflow-wrap: anywhere; }
.code {
  margin: 0.75rem 0 0; color: var(--accent);
  font: 600 1.75rem/1.2 ui-monospace, monospace; letter-spacing: 0.12em; user-select: all;
}
pre { margin-top: 0.75rem; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
.empty { padding: 3rem 0; text-align: center; }
`;
