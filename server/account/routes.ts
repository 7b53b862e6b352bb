/** The HTTP door to what is one's own: a copy of everything, and the end of the account. */
import { Elysia, t } from "elysia";
import type { CodeAnswer } from "#protocol/http.ts";
import { CODE_RESEND_MS, CODE_TTL_MS } from "#protocol/limits.ts";
import type { Cookies } from "../auth/cookies.ts";
import { codeAnswer } from "../auth/bodies.ts";
import type { Guard } from "../auth/guard.ts";
import type { Clock } from "../clock.ts";
import { problemBody } from "../http_errors.ts";
import { exportOf, streamOf } from "./export.ts";
import type { ExportDeps } from "./export.ts";
import type { Parting } from "./parting.ts";
import type { AccountThrottle } from "./throttle.ts";

export interface AccountRoutesDeps extends ExportDeps {
  guard: Guard;
  clock: Clock;
  throttle: AccountThrottle;
  cookies: Cookies;
  parting: Parting;
}

/** Longest code that anybody types, with separators. */
const CODE_TYPED_MAX_CHARS = 20;

export function accountRoutes(deps: AccountRoutesDeps) {
  return new Elysia({ name: "account", detail: { tags: ["account"] } })
    .use(exportRoutes(deps))
    .use(partingRoutes(deps));
}

function exportRoutes({ guard, clock, throttle, ...deps }: AccountRoutesDeps) {
  return new Elysia().use(guard).get(
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

function partingRoutes({ guard, cookies, parting }: AccountRoutesDeps) {
  return new Elysia()
    .use(guard)
    .post(
      "/api/account/deletion/code",
      async ({ session, request, set }): Promise<CodeAnswer> => {
        const before = cookies.challenge.read(request);
        const { challenge } = await parting.askForCode(session, { challenge: before });
        set.status = 202;
        set.headers["set-cookie"] = [cookies.challenge.set(challenge, { maxAgeMs: CODE_TTL_MS })];
        return { resendAfterMs: CODE_RESEND_MS };
      },
      {
        signedIn: true,
        response: { 202: codeAnswer, 401: problemBody, 429: problemBody },
        detail: { summary: "Ask for a code, by mail, that ends the own account" },
      },
    )
    .post(
      "/api/account/deletion",
      async ({ session, request, body, set }) => {
        await parting.confirm(session, { code: body.code, challenge: cookies.challenge.read(request) });
        set.status = 204;
        set.headers["set-cookie"] = [
          cookies.session.clear(),
          cookies.challenge.clear(),
          cookies.known.clear(),
        ];
      },
      {
        signedIn: true,
        body: t.Object({ code: t.String({ minLength: 1, maxLength: CODE_TYPED_MAX_CHARS }) }),
        detail: { summary: "End the own account, for good, with the code" },
      },
    );
}
