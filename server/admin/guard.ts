/**
 * Who administers: a route that says `administers: true` gets `session`, whose user has the role at this very moment. To everybody
 * else who is signed in there is nothing here.
 */
import { Elysia } from "elysia";
import type { Sql } from "postgres";
import type { Cookies } from "../auth/cookies.ts";
import { selectById } from "../auth/queries.ts";
import type { Sessions } from "../auth/sessions.ts";
import { Refusal } from "../problem.ts";

export interface AdminGuardDeps {
  db: Sql;
  sessions: Pick<Sessions, "find">;
  cookies: Cookies;
}

export function createAdminGuard({ db, sessions, cookies }: AdminGuardDeps) {
  return new Elysia({ name: "admin guard" }).macro({
    administers: {
      async resolve({ request, set }) {
        set.headers["cache-control"] = "no-store";
        const token = cookies.session.read(request);
        const session = token === null ? null : await sessions.find(token);
        if (session === null) throw new Refusal("not_signed_in");
        const account = await selectById(db, session.user);
        if (account?.role !== "admin" || account.suspendedAt !== null) throw new Refusal("not_found");
        return { session };
      },
    },
  });
}
