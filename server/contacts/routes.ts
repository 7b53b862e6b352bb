import { Elysia, t } from "elysia";
import type { Sql } from "postgres";
import type { Contact } from "#protocol/frames.ts";
import type { ContactChange, Contacts } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { nothing } from "../auth/bodies.ts";
import type { Guard } from "../auth/guard.ts";
import type { Clock } from "../clock.ts";
import { problemBody } from "../http_errors.ts";
import type { Appended } from "../inbox/append.ts";
import { cleanName } from "../messages/text.ts";
import { Refusal } from "../problem.ts";
import * as bodies from "./bodies.ts";
import { changeContact, removeContact } from "./change.ts";
import { contactsOf } from "./queries.ts";

export interface ContactRoutesDeps {
  db: Sql;
  clock: Clock;
  guard: Guard;
  /** Id of this instance. */
  instance: string;
  /** Takes one of the user's commands: 0, or the milliseconds until there is one. */
  takeCommand: (user: UserId) => number;
  /** Gets what was appended, after the commit: fans out, then publishes. */
  appended: (appended: Appended) => void;
}

export function contactRoutes({ db, clock, guard, instance, takeCommand, appended }: ContactRoutesDeps) {
  const now = () => ({ at: clock(), origin: instance });

  function pace(user: UserId): void {
    const retryAfterMs = takeCommand(user);
    if (retryAfterMs > 0) throw new Refusal("rate_limited", { retryAfterMs });
  }

  return new Elysia({ name: "contacts", detail: { tags: ["contacts"] } })
    .use(guard)
    .get("/api/contacts", ({ session }): Promise<Contacts> => contactsOf(db, session.user), {
      signedIn: true,
      response: { 200: t.Array(bodies.contact), 401: problemBody },
      detail: { summary: "Own contacts, by name" },
    })
    .patch(
      "/api/contacts/:id",
      async ({ session, params, body }): Promise<Contact> => {
        pace(session.user);
        const about = { user: session.user, contact: params.id as UserId, change: cleanChange(body) };
        const changed = await db.begin((tx) => changeContact(tx, about, now()));
        appended(changed.appended);
        return changed.contact;
      },
      {
        signedIn: true,
        params: bodies.contactParams,
        body: bodies.contactChange,
        response: {
          200: bodies.contact,
          400: problemBody,
          401: problemBody,
          404: problemBody,
          429: problemBody,
        },
        detail: {
          summary: "Rename a contact for oneself, mute, block or unblock them; they are told nothing",
        },
      },
    )
    .delete(
      "/api/contacts/:id",
      async ({ session, params, set }) => {
        pace(session.user);
        const about = { user: session.user, contact: params.id as UserId };
        appended(await db.begin((tx) => removeContact(tx, about, now())));
        set.status = 204;
      },
      {
        signedIn: true,
        params: bodies.contactParams,
        response: { 204: nothing },
        detail: { summary: "Be contacts no more, on both sides" },
      },
    );
}

function cleanChange({ alias, ...change }: ContactChange): ContactChange {
  if (alias === undefined) return change;
  if (alias === null || alias.trim() === "") return { ...change, alias: null };
  const clean = cleanName(alias);
  if (clean === null) throw new Refusal("bad_name");
  return { ...change, alias: clean };
}
