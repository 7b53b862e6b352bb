/**
 * The mailbox as a program of its own, which needs no configuration.
 * usage: bun server/mail/catch.ts [--host 127.0.0.1] [--smtp 1025] [--http 8025]
 */
import { startMailbox } from "./mailbox.ts";

const { smtp, page, stop } = await startMailbox(process.argv.slice(2));
process.stdout.write(`${JSON.stringify({ smtp, page })}\n`);

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
