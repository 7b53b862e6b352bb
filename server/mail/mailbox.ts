/** The catcher alone, for a full stack that has no mail server: SMTP on one port, its page and JSON on another. */
import { parseArgs } from "node:util";
import { Elysia } from "elysia";
import { startCatcher } from "./catcher.ts";
import { mailRoutes } from "./routes.ts";

export interface Mailbox {
  smtp: string;
  page: string;
  stop(): Promise<void>;
}

/** `args`: `[--host 127.0.0.1] [--smtp 1025] [--http 8025]`. */
export async function startMailbox(args: string[]): Promise<Mailbox> {
  const { values } = parseArgs({
    args,
    options: {
      host: { type: "string", default: "127.0.0.1" },
      smtp: { type: "string", default: "1025" },
      http: { type: "string", default: "8025" },
    },
  });
  const catcher = await startCatcher({ host: values.host, port: Number(values.smtp) });
  const page = new Elysia()
    .use(mailRoutes(catcher))
    .get("/health/live", () => "ok")
    .listen({ hostname: values.host, port: Number(values.http), reusePort: false });
  return {
    smtp: catcher.smtpUrl,
    page: `${page.server?.url.href}dev/mail`,
    async stop() {
      await page.stop(true);
      await catcher.close();
    },
  };
}
