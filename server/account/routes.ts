/** The HTTP door to what is one's own: a copy of everything. */
import { Elysia } from "elysia";
import type { Guard } from "../auth/guard.ts";
import type { Clock } from "../clock.ts";
import { exportOf, streamOf } from "./export.ts";
import type { ExportDeps } from "./export.ts";
import type { AccountThrottle } from "./throttle.ts";

export interface AccountRoutesDeps extends ExportDeps {
  guard: Guard;
  clock: Clock;
  throttle: AccountThrottle;
}

export function accountRoutes({ guard, clock, throttle, ...deps }: AccountRoutesDeps) {
  return new Elysia({ name: "account", detail: { tags: ["account"] } }).use(guard).get(
    "/api/export",
    async ({ session }) => {
      await throttle.exporting(session.user);
      const pieces = exportOf(deps, { user: session.user, now: clock() });
      return new Response(streamOf(pieces), {
        headers: {
          "content-type": "application/json",
          "content-disposition": 'attachment; filename="parley-export.json"',
        },
      });
    },
    {
      signedIn: true,
      detail: {
        summary: "Everything that is held about the own account, as a JSON document, made as it is read",
        // It is never there as a whole, so no schema can be held to it on its way out.
        responses: {
          200: {
            description: "The document",
            content: { "application/json": { schema: { type: "object" } } },
          },
        },
      },
    },
  );
}
