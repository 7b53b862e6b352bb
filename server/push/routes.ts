/** The HTTP door to notifications: whether this server sends any, and to which devices. */
import type { Sql } from "postgres";
import { Elysia, t } from "elysia";
import type { PushAnswer } from "#protocol/http.ts";
import { nothing } from "../auth/bodies.ts";
import type { Guard } from "../auth/guard.ts";
import type { Session } from "../auth/sessions.ts";
import type { Clock } from "../clock.ts";
import { Refusal } from "../problem.ts";
import { isPushEndpoint } from "./endpoint.ts";
import { deleteSubscription, selectSubscription, upsertSubscription } from "./queries.ts";
import type { Vapid } from "./vapid.ts";

const POINT_BYTES = 65;
const AUTH_BYTES = 16;

export interface PushRoutesDeps {
  db: Sql;
  clock: Clock;
  guard: Guard;
  /** Null: this server sends no notifications. */
  vapid: Pick<Vapid, "publicKey"> | null;
  /** Push services that may be asked (`isPushEndpoint`). */
  hosts: readonly string[];
}

const answer = t.Object({
  publicKey: t.Nullable(t.String()),
  subscription: t.Nullable(
    t.Object({
      preview: t.Boolean(),
      lastAt: t.Nullable(t.Integer()),
      lastResult: t.Nullable(t.UnionEnum(["sent", "gone", "refused", "later"])),
    }),
  ),
});

export function pushRoutes({ db, clock, guard, vapid, hosts }: PushRoutesDeps) {
  async function read(session: Session): Promise<PushAnswer> {
    const kept = await selectSubscription(db, session.id);
    return {
      publicKey: vapid?.publicKey ?? null,
      subscription: kept && {
        preview: kept.preview,
        lastAt: kept.lastAt,
        lastResult: kept.lastResult,
      },
    };
  }

  return new Elysia({ name: "push", prefix: "/api/push", detail: { tags: ["notifications"] } })
    .use(guard)
    .get("", ({ session }) => read(session), {
      signedIn: true,
      response: answer,
      detail: { summary: "The key to subscribe with, and how notifications of this device are doing" },
    })
    .put(
      "",
      async ({ session, body }) => {
        if (vapid === null) throw new Refusal("not_found", { detail: "this server sends no notifications" });
        const { endpoint, p256dh, auth, preview } = body;
        const known = isPushEndpoint(endpoint, hosts);
        if (!known || bytesOf(p256dh) !== POINT_BYTES || bytesOf(auth) !== AUTH_BYTES) {
          throw new Refusal("bad_request", {
            detail: known ? "keys of a subscription" : "a push service that is not known",
          });
        }
        const subscription = { session: session.id, user: session.user, endpoint, p256dh, auth, preview };
        await upsertSubscription(db, subscription, clock());
        return read(session);
      },
      {
        signedIn: true,
        body: t.Object({
          endpoint: t.String(),
          p256dh: t.String(),
          auth: t.String(),
          preview: t.Boolean(),
        }),
        response: answer,
        detail: { summary: "Have notifications sent to this device; a repeat renews where to" },
      },
    )
    .delete(
      "",
      async ({ session, set }) => {
        await deleteSubscription(db, session.id);
        set.status = 204;
      },
      {
        signedIn: true,
        response: { 204: nothing },
        detail: { summary: "No more notifications to this device" },
      },
    );
}

function bytesOf(base64url: string): number {
  return Buffer.from(base64url, "base64url").length;
}
