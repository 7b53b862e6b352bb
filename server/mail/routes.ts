import { Elysia } from "elysia";
import { systemClock } from "../clock.ts";
import type { Catcher } from "./catcher.ts";
import { MAILBOX_CSS, renderMailbox } from "./page.ts";

/** The catcher's mails, as a page and as JSON (newest first). Only where there is a catcher: anybody may read them. */
export function mailRoutes(catcher: Catcher) {
  return new Elysia({ name: "mail", detail: { hide: true } })
    .get("/dev/mail", ({ set }) => {
      set.headers["content-type"] = "text/html; charset=utf-8";
      set.headers["cache-control"] = "no-store";
      return renderMailbox(catcher.newest(), { now: systemClock() });
    })
    .get("/dev/mail.css", ({ set }) => {
      set.headers["content-type"] = "text/css; charset=utf-8";
      return MAILBOX_CSS;
    })
    .get("/dev/mail.json", ({ set }) => {
      set.headers["cache-control"] = "no-store";
      return catcher.newest();
    });
}
