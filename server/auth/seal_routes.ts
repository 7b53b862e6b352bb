/** The HTTP door of sealing: the key to seal with, and what opens a seal. */
import { Elysia, t } from "elysia";
import type { SealKey, SealOpened } from "#protocol/http.ts";
import { problemBody } from "../http_errors.ts";
import type { Guard } from "./guard.ts";
import type { Seals } from "./seals.ts";

/** An uncompressed point of P-256 as base64url, and a secret's id. */
const sealKey = t.Object({
  key: t.String({ pattern: "^[a-z0-9]{1,16}$" }),
  point: t.String({ pattern: "^[A-Za-z0-9_-]{87}$" }),
});

export function sealRoutes({ guard, seals }: { guard: Guard; seals: Seals }) {
  return new Elysia({ name: "seals", prefix: "/api/seal", detail: { tags: ["auth"] } })
    .use(guard)
    .get("", ({ session }): SealKey => seals.keyOf(session.user), {
      signedIn: true,
      response: { 200: sealKey, 401: problemBody },
      detail: { summary: "What a device seals unsent text with when its session is ended" },
    })
    .post("/open", ({ session, body }): SealOpened => seals.open(session.user, body), {
      signedIn: true,
      body: sealKey,
      response: {
        200: t.Object({ secret: t.String() }),
        400: problemBody,
        401: problemBody,
        404: problemBody,
      },
      detail: { summary: "What opens text that was sealed for this person" },
    });
}
