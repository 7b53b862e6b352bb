/** The WebSocket's door: an ordinary guarded GET that upgrades by itself and hands the socket its connection. */
import { Elysia } from "elysia";
import type { Guard } from "../auth/guard.ts";
import { Refusal } from "../problem.ts";
import type { Gateway } from "./gateway.ts";

export interface GatewayRoutesDeps {
  guard: Guard;
  gateway: Gateway;
}

/** A client that comes to a draining instance is sent away for this long. */
const RETRY_AFTER_MS = 1_000;

export function gatewayRoutes({ guard, gateway }: GatewayRoutesDeps) {
  return new Elysia({ name: "gateway" }).use(guard).get(
    "/ws",
    ({ request, server, session }) => {
      if (!gateway.accepts()) throw new Refusal("unavailable", { retryAfterMs: RETRY_AFTER_MS });
      const connection = gateway.connect({ user: session.user, session: session.id });
      if (server?.upgrade(request, { data: connection })) return;
      throw new Refusal("bad_request", { detail: "GET /ws without a WebSocket upgrade" });
    },
    { signedIn: true, detail: { hide: true } },
  );
}
