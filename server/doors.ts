/** The doors of an instance: every route, behind the checks that hold for all of them. */
import { cors } from "@elysiajs/cors";
import { Elysia } from "elysia";
import type { Logger } from "pino";
import type { UserId } from "#protocol/ids.ts";
import { FRAME_MAX_BYTES, SEND_BUFFER_MAX_BYTES } from "#protocol/limits.ts";
import type { Adapters } from "./adapters.ts";
import { accountRoutes } from "./account/routes.ts";
import { createAdminGuard } from "./admin/guard.ts";
import { adminRoutes } from "./admin/routes.ts";
import { apiDescription } from "./api_description.ts";
import { createClientIp } from "./auth/client_ip.ts";
import { createCookies } from "./auth/cookies.ts";
import { createGuard } from "./auth/guard.ts";
import { originCheck } from "./auth/origin.ts";
import { authRoutes } from "./auth/routes.ts";
import { sealRoutes } from "./auth/seal_routes.ts";
import { createSeals } from "./auth/seals.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { contactRoutes } from "./contacts/routes.ts";
import { gatewayRoutes } from "./gateway/routes.ts";
import { healthRoutes } from "./health/routes.ts";
import { addressCheck } from "./http_address.ts";
import { bodyCheck, HTTP_BODY_MAX_BYTES } from "./http_body.ts";
import { httpErrors, lastResort } from "./http_errors.ts";
import { paceCheck } from "./http_pace.ts";
import { inviteRoutes } from "./invites/routes.ts";
import { mailRoutes } from "./mail/routes.ts";
import { messageRoutes } from "./messages/routes.ts";
import { searchRoutes } from "./messages/search_routes.ts";
import type { Parts } from "./parts.ts";
import { profileRoutes } from "./profile/routes.ts";
import { pushRoutes } from "./push/routes.ts";
import { assetRoutes } from "./web/assets.ts";
import { createFindFile } from "./web/shelf.ts";
import { securityHeaders } from "./web/headers.ts";

/** A request that is not done after this long, from its first byte to its last, is cut off: nobody holds a socket by being slow. */
const REQUEST_WITHIN_SECONDS = 30;

/** The HTTP server with all its routes; not listening yet. */
export function createDoors(
  config: Config,
  { adapters, parts, log, instance }: { adapters: Adapters; parts: Parts; log: Logger; instance: string },
) {
  const { db, keys, catcher } = adapters;
  const { sessions, gateway, writer, signIn, allowanceOf } = parts;
  const cookies = createCookies(config);
  const guard = createGuard({ sessions, cookies, takeRequest: (user) => allowanceOf(user).requests.take() });
  const clientIp = createClientIp(config.trustedProxies);
  const takeCommand = (user: UserId) => allowanceOf(user).commands.take();
  const changing = { db, clock: systemClock, guard, instance, appended: parts.appended };
  const app = new Elysia({
    websocket: {
      maxPayloadLength: FRAME_MAX_BYTES,
      backpressureLimit: SEND_BUFFER_MAX_BYTES,
      closeOnBackpressureLimit: true,
      // Silence is measured by the connection itself, from what the client says.
      idleTimeout: 0,
    },
    serve: {
      maxRequestBodySize: HTTP_BODY_MAX_BYTES,
      idleTimeout: REQUEST_WITHIN_SECONDS,
      // Never the runtime's own page about an error: it shows pieces of the source.
      development: false,
      error: lastResort({ log }),
    },
  })
    .use(httpErrors({ log }))
    .use(securityHeaders(config))
    .use(
      paceCheck({
        clientIp,
        perSecond: config.limits.requestsPerIpSecond,
        clock: systemClock,
        log,
        throttled: parts.tooFast,
      }),
    )
    .use(addressCheck())
    .use(originCheck(config))
    .use(bodyCheck());
  if (config.corsOrigins.length > 0) app.use(corsFor(config.corsOrigins));
  return app
    .use(apiDescription(app))
    .use(healthRoutes({ accepts: gateway.accepts, dependencies: parts.dependencies }))
    .use(
      authRoutes({
        db,
        keys,
        guard,
        cookies,
        clientIp,
        sessions,
        signIn,
      }),
    )
    .use(sealRoutes({ guard, seals: createSeals({ keys }) }))
    .use(
      adminRoutes({
        acts: parts.acts,
        guard: createAdminGuard({ db, sessions, cookies }),
        system: parts.system,
      }),
    )
    .use(
      accountRoutes({
        db,
        keys,
        sessions,
        guard,
        cookies,
        clock: systemClock,
        throttle: parts.accountThrottle,
        parting: parts.parting,
      }),
    )
    .use(contactRoutes({ ...changing, takeCommand }))
    .use(
      inviteRoutes({
        guard,
        cookies,
        clientIp,
        invites: parts.invites,
        joining: parts.joining,
        throttle: parts.inviteThrottle,
        takeCommand,
      }),
    )
    .use(profileRoutes({ ...changing, takeChange: parts.takeProfileChange }))
    .use(
      messageRoutes({
        db,
        clock: systemClock,
        guard,
        writer,
        takeSend: (user) => allowanceOf(user).sends.take(),
      }),
    )
    .use(pushRoutes({ db, clock: systemClock, guard, vapid: adapters.vapid, hosts: config.push.hosts }))
    .use(
      searchRoutes({
        db,
        clock: systemClock,
        guard,
        takeSearch: (user) => allowanceOf(user).searches.take(),
      }),
    )
    .use(gatewayRoutes({ guard, gateway }))
    .use(catcher === null ? new Elysia() : mailRoutes(catcher))
    .use(assetRoutes({ distDir: config.appDir, findFile: createFindFile({ db, clock: systemClock }) }));
}

function corsFor(origins: string[]) {
  return cors({
    origin: origins,
    credentials: true,
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: ["content-type"],
    exposeHeaders: ["retry-after"],
    maxAge: 600,
  });
}
