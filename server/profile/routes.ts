import { Elysia } from "elysia";
import type { Sql } from "postgres";
import type { Profile } from "#protocol/frames.ts";
import type { ProfileChange } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Guard } from "../auth/guard.ts";
import type { Clock } from "../clock.ts";
import { problemBody } from "../http_errors.ts";
import type { Appended } from "../inbox/append.ts";
import { cleanName } from "../messages/text.ts";
import { Refusal } from "../problem.ts";
import * as bodies from "./bodies.ts";
import { changeProfile } from "./change.ts";

export interface ProfileRoutesDeps {
  db: Sql;
  clock: Clock;
  guard: Guard;
  /** Id of this instance. */
  instance: string;
  /** Takes one of the user's profile changes: each is told to everybody they know. Throws `rate_limited`. */
  takeChange: (user: UserId) => Promise<void>;
  /** Gets what was appended, after the commit: fans out, then publishes. */
  appended: (appended: Appended) => void;
}

export function profileRoutes({ db, clock, guard, instance, takeChange, appended }: ProfileRoutesDeps) {
  return new Elysia({ name: "profile", detail: { tags: ["profile"] } }).use(guard).patch(
    "/api/profile",
    async ({ session, body }): Promise<Profile> => {
      await takeChange(session.user);
      const request = { user: session.user, change: cleanChange(body), at: clock(), origin: instance };
      const changed = await changeProfile(db, request);
      appended(changed.appended);
      return changed.profile;
    },
    {
      signedIn: true,
      body: bodies.profileChange,
      response: {
        200: bodies.profile,
        400: problemBody,
        401: problemBody,
        422: problemBody,
        429: problemBody,
      },
      detail: { summary: "Change what one shows of oneself" },
    },
  );
}

function cleanChange({ name: typed, ...change }: ProfileChange): ProfileChange {
  if (typed === undefined) return change;
  const name = cleanName(typed);
  if (name === null) throw new Refusal("bad_name");
  return { ...change, name };
}
