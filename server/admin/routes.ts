/** The HTTP door of administrators: how the system is, people, their sessions, the audit. Each act is in the audit. */
import { Elysia } from "elysia";
import type { AdminPeople, AdminSession, AuditPage, SystemReport } from "#protocol/admin.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { nothing } from "../auth/bodies.ts";
import { parsePhone } from "../auth/phone.ts";
import { problemBody } from "../http_errors.ts";
import { Refusal } from "../problem.ts";
import { createActs } from "./acts.ts";
import type { ActDeps } from "./acts.ts";
import * as bodies from "./bodies.ts";
import type { createAdminGuard } from "./guard.ts";
import { readEntries, readPeople } from "./pages.ts";

export interface AdminRoutesDeps {
  acts: ActDeps;
  guard: ReturnType<typeof createAdminGuard>;
  system: () => Promise<SystemReport>;
}

const refusals = { 401: problemBody, 404: problemBody };

/** What is done to somebody and answered with nothing. */
function onPerson(summary: string) {
  return {
    administers: true as const,
    params: bodies.personParams,
    response: { 204: nothing, ...refusals },
    detail: { summary },
  };
}

export function adminRoutes(deps: AdminRoutesDeps) {
  return new Elysia({ name: "admin", prefix: "/api/admin", detail: { tags: ["admin"] } })
    .use(readingRoutes(deps))
    .use(peopleRoutes(deps))
    .use(sessionRoutes(deps));
}

function readingRoutes({ guard, acts: { db, keys }, system }: AdminRoutesDeps) {
  return new Elysia()
    .use(guard)
    .get("/system", system, {
      administers: true,
      response: { 200: bodies.system, ...refusals },
      detail: { summary: "How the instances, what they depend on and the retention are" },
    })
    .get(
      "/people",
      ({ query }): Promise<AdminPeople> =>
        readPeople({ db, keys }, { after: (query.after as UserId | undefined) ?? null }),
      {
        administers: true,
        query: bodies.peopleQuery,
        response: { 200: bodies.people, ...refusals },
        detail: { summary: "Everybody with an account, by name; of a number the last two digits" },
      },
    )
    .get("/audit", ({ query }): Promise<AuditPage> => readEntries(db, { before: query.before ?? null }), {
      administers: true,
      query: bodies.auditQuery,
      response: { 200: bodies.audit, ...refusals },
      detail: { summary: "What administrators did, newest first" },
    });
}

function peopleRoutes({ guard, acts: deps }: AdminRoutesDeps) {
  const byWho = (user: UserId) => createActs(deps, { user });
  return new Elysia()
    .use(guard)
    .post(
      "/people",
      async ({ session, body, set }) => {
        const phone = parsePhone(body.phone, body.country);
        const id = await byWho(session.user).add({ ...body, phone });
        set.status = 201;
        return { id };
      },
      {
        administers: true,
        body: bodies.newPerson,
        response: {
          201: bodies.added,
          ...refusals,
          400: problemBody,
          409: problemBody,
          422: problemBody,
        },
        detail: { summary: "Add somebody" },
      },
    )
    .post(
      "/people/:id/suspend",
      async ({ session, params, set }) => {
        // Who locks out themselves could not undo it.
        if (params.id === session.user) throw new Refusal("bad_request");
        await byWho(session.user).suspend(params.id as UserId);
        set.status = 204;
      },
      onPerson("Sign somebody out everywhere, and keep them out"),
    )
    .post(
      "/people/:id/unsuspend",
      async ({ session, params, set }) => {
        await byWho(session.user).unsuspend(params.id as UserId);
        set.status = 204;
      },
      onPerson("Let somebody in again"),
    )
    .post(
      "/people/:id/reset",
      async ({ session, params, set }) => {
        await byWho(session.user).reset(params.id as UserId);
        set.status = 204;
      },
      onPerson("Void somebody's code, and let them ask for one at once"),
    );
}

function sessionRoutes({ guard, acts: deps }: AdminRoutesDeps) {
  const byWho = (user: UserId) => createActs(deps, { user });
  return new Elysia()
    .use(guard)
    .get(
      "/people/:id/sessions",
      async ({ session, params }): Promise<AdminSession[]> => {
        const open = await byWho(session.user).sessionsOf(params.id as UserId);
        return open.map(({ id, device, createdAt, lastSeenAt }) => ({ id, device, createdAt, lastSeenAt }));
      },
      {
        administers: true,
        params: bodies.personParams,
        response: { 200: bodies.sessions, ...refusals },
        detail: { summary: "Where somebody is signed in" },
      },
    )
    .delete(
      "/people/:id/sessions",
      async ({ session, params, set }) => {
        await byWho(session.user).revoke(params.id as UserId);
        set.status = 204;
      },
      onPerson("Sign somebody out everywhere; their sockets close"),
    )
    .delete(
      "/people/:id/sessions/:session",
      async ({ session, params, set }) => {
        const ended = await byWho(session.user).revoke(params.id as UserId, params.session as SessionId);
        if (ended === 0) throw new Refusal("not_found");
        set.status = 204;
      },
      {
        administers: true,
        params: bodies.sessionParams,
        response: { 204: nothing, ...refusals },
        detail: { summary: "Sign somebody out on one device; its sockets close" },
      },
    );
}
