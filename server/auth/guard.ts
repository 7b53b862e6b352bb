/**
 * Who may pass: a route that says `signedIn: true` gets `session`, and answers 401 to everybody else; one that says
 * `anybody: true` gets `session` or null. A macro with `resolve`, because that runs once a request also where the route upgrades to a WebSocket; a `beforeHandle` function runs twice there.
 */
import { Elysia } from "elysia";
import type { Context } from "elysia";
import type { UserId } from "#protocol/ids.ts";
import { Refusal } from "../problem.ts";
import type { Cookies } from "./cookies.ts";
import type { Session, Sessions } from "./sessions.ts";

export interface GuardDeps {
  sessions: Pick<Sessions, "find">;
  cookies: Cookies;
  /** Takes one request of the user's credits: 0, or the milliseconds until there is one. */
  takeRequest: (user: UserId) => number;
}

export type Guard = ReturnType<typeof createGuard>;

/** One guard is shared by all routes of an app: `.use(guard)` as often as wanted. */
export function createGuard({ sessions, cookies, takeRequest }: GuardDeps) {
  async function sessionOf(request: Request): Promise<Session | null> {
    const token = cookies.session.read(request);
    const session = token === null ? null : await sessions.find(token);
    if (session === null) return null;
    const waitMs = takeRequest(session.user);
    if (waitMs > 0) throw new Refusal("rate_limited", { retryAfterMs: waitMs });
    return session;
  }

  return new Elysia({ name: "guard" }).macro({
    signedIn: {
      async resolve({ request, set }) {
        unkept(set);
        const session = await sessionOf(request);
        if (session === null) throw new Refusal("not_signed_in");
        return { session };
      },
    },
    anybody: {
      async resolve({ request, set }) {
        unkept(set);
        return { session: await sessionOf(request) };
      },
    },
  });
}

/** What is for one person is kept by no cache on the way, nor by the browser's. */
function unkept(set: Context["set"]): void {
  set.headers["cache-control"] = "no-store";
}
