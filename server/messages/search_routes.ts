/** The HTTP door of searching. */
import { Elysia, t } from "elysia";
import type { Sql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import { SEARCH_MAX_CHARS } from "#protocol/limits.ts";
import type { Guard } from "../auth/guard.ts";
import type { Clock } from "../clock.ts";
import { problemBody } from "../http_errors.ts";
import { Refusal } from "../problem.ts";
import { messageBody } from "./routes.ts";
import { search } from "./search.ts";

export interface SearchRoutesDeps {
  db: Sql;
  clock: Clock;
  guard: Guard;
  /** Takes one search of the user's credits: 0, or the milliseconds until there is one. */
  takeSearch: (user: UserId) => number;
}

export function searchRoutes({ db, clock, guard, takeSearch }: SearchRoutesDeps) {
  return new Elysia({ name: "search", prefix: "/api", detail: { tags: ["messages"] } }).use(guard).post(
    "/search",
    async ({ session, body }) => {
      const waitMs = takeSearch(session.user);
      if (waitMs > 0) throw new Refusal("rate_limited", { retryAfterMs: waitMs });
      return await search(db, { user: session.user, text: body.text, now: clock() });
    },
    {
      signedIn: true,
      body: t.Object({ text: t.String({ minLength: 1, maxLength: SEARCH_MAX_CHARS }) }),
      response: {
        200: t.Object({ found: t.Array(messageBody), more: t.Boolean() }),
        401: problemBody,
        429: problemBody,
      },
      detail: { summary: "Own messages that contain a text, newest first, at most seven days old" },
    },
  );
}
