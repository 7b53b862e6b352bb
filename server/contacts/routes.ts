import { Elysia, t } from "elysia";
import type { Sql } from "postgres";
import type { Contacts } from "#protocol/http.ts";
import type { Guard } from "../auth/guard.ts";
import { problemBody } from "../http_errors.ts";
import { contactsOf } from "./queries.ts";

const uuid = t.String({ format: "uuid" });
const contacts = t.Array(t.Object({ id: uuid, name: t.String(), conversation: uuid }));

export interface ContactRoutesDeps {
  db: Sql;
  guard: Guard;
}

export function contactRoutes({ db, guard }: ContactRoutesDeps) {
  return new Elysia({ name: "contacts", detail: { tags: ["contacts"] } })
    .use(guard)
    .get("/api/contacts", ({ session }): Promise<Contacts> => contactsOf(db, session.user), {
      signedIn: true,
      response: { 200: contacts, 401: problemBody },
      detail: { summary: "Own contacts, by name" },
    });
}
