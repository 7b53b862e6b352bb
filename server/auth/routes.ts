/** The HTTP door of signing in and of one's own sessions. */
import { Elysia } from "elysia";
import type { Sql } from "postgres";
import type { CodeAnswer, Me, SessionAnswer, SessionRow, SignedIn } from "#protocol/http.ts";
import type { SessionId } from "#protocol/ids.ts";
import { CODE_RESEND_MS, CODE_TTL_MS } from "#protocol/limits.ts";
import { problemBody } from "../http_errors.ts";
import { Refusal } from "../problem.ts";
import { selectProfile } from "../profile/change.ts";
import * as bodies from "./bodies.ts";
import type { ClientIp } from "./client_ip.ts";
import { signedInCookies } from "./cookies.ts";
import type { Cookies } from "./cookies.ts";
import { deviceName } from "./device.ts";
import type { Guard } from "./guard.ts";
import type { Keys } from "./keys.ts";
import { parsePhone, phoneHint } from "./phone.ts";
import { selectById, selectEpoch } from "./queries.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { SignIn } from "./signin.ts";

export interface AuthRoutesDeps {
  db: Sql;
  keys: Keys;
  guard: Guard;
  cookies: Cookies;
  clientIp: ClientIp;
  sessions: Sessions;
  signIn: SignIn;
}

export function authRoutes(deps: AuthRoutesDeps) {
  return new Elysia({ name: "auth", detail: { tags: ["auth"] } })
    .use(signInRoutes(deps))
    .use(sessionRoutes(deps));
}

/** What anybody may call. */
function signInRoutes({ cookies, clientIp, sessions, signIn }: AuthRoutesDeps) {
  const shownBy = (request: Request) => ({
    challenge: cookies.challenge.read(request),
    proof: cookies.known.read(request),
  });
  return new Elysia()
    .post(
      "/api/auth/code",
      async ({ body, request, server, set }): Promise<CodeAnswer> => {
        const phone = parsePhone(body.phone, body.country);
        const ip = clientIp(request, server?.requestIP(request)?.address ?? null);
        const { challenge } = await signIn.askForCode({ phone, ip, ...shownBy(request) });
        set.status = 202;
        set.headers["set-cookie"] = [cookies.challenge.set(challenge, { maxAgeMs: CODE_TTL_MS })];
        return { resendAfterMs: CODE_RESEND_MS };
      },
      {
        body: bodies.codeRequest,
        response: { 202: bodies.codeAnswer, 400: problemBody, 429: problemBody },
        detail: { summary: "Ask for a one-time code by mail; the same answer for every number" },
      },
    )
    .post(
      "/api/auth/session",
      async ({ body, request, server, set }): Promise<SessionAnswer> => {
        const { token, proof, user, epoch } = await signIn.signIn({
          phone: parsePhone(body.phone, body.country),
          ip: clientIp(request, server?.requestIP(request)?.address ?? null),
          code: body.code,
          ...shownBy(request),
          device: deviceName(request.headers.get("user-agent")),
          replaces: cookies.session.read(request),
        });
        set.status = 201;
        set.headers["set-cookie"] = signedInCookies(cookies, { token, proof });
        return { user, epoch };
      },
      {
        body: bodies.sessionRequest,
        response: { 201: bodies.sessionAnswer, 400: problemBody, 422: problemBody, 429: problemBody },
        detail: { summary: "Sign in with the code; sets the session cookie" },
      },
    )
    .delete(
      "/api/auth/session",
      async ({ request, set }) => {
        // No Clear-Site-Data: "storage" would also remove the service worker, which opens the app offline for the next
        // person, and "cache" has nothing to remove. The PWA wipes its own databases.
        const token = cookies.session.read(request);
        if (token !== null) await sessions.end(token);
        set.status = 204;
        set.headers["set-cookie"] = cookies.session.clear();
      },
      {
        response: { 204: bodies.nothing },
        detail: { summary: "Sign out; harmless when signed out already" },
      },
    );
}

/** What a signed-in person may call. */
function sessionRoutes({ db, keys, guard, cookies, sessions }: AuthRoutesDeps) {
  return new Elysia()
    .use(guard)
    .get("/api/me", ({ session }) => readMe({ db, keys, session }), {
      signedIn: true,
      response: { 200: bodies.me, 401: problemBody },
      detail: { summary: "Who is signed in" },
    })
    .get(
      "/api/auth/session",
      async ({ session }): Promise<SignedIn> => ({
        me: session === null ? null : await readMe({ db, keys, session }),
      }),
      {
        anybody: true,
        response: { 200: bodies.signedIn },
        detail: { summary: "Who is signed in, if anybody: that nobody is, is no error" },
      },
    )
    .get(
      "/api/sessions",
      async ({ session }): Promise<SessionRow[]> => {
        const own = await sessions.list(session.user);
        return own.map(({ id, device, createdAt, lastSeenAt }) => ({
          id,
          device,
          createdAt,
          lastSeenAt,
          current: id === session.id,
        }));
      },
      {
        signedIn: true,
        response: { 200: bodies.sessionRows, 401: problemBody },
        detail: { summary: "Own signed-in devices, newest use first" },
      },
    )
    .delete(
      "/api/sessions",
      async ({ session, set }) => {
        await sessions.endAll(session.user, { keep: session.id });
        set.status = 204;
      },
      {
        signedIn: true,
        response: { 204: bodies.nothing },
        detail: { summary: "Revoke every own device but this one; their sockets close" },
      },
    )
    .delete(
      "/api/sessions/:id",
      async ({ session, params, set }) => {
        const id = params.id as SessionId;
        if (!(await sessions.endById(session.user, id))) throw new Refusal("not_found");
        set.status = 204;
        if (id === session.id) set.headers["set-cookie"] = cookies.session.clear();
      },
      {
        signedIn: true,
        params: bodies.sessionParams,
        response: { 204: bodies.nothing },
        detail: { summary: "Revoke an own device; its sockets close" },
      },
    );
}

async function readMe({ db, keys, session }: { db: Sql; keys: Keys; session: Session }): Promise<Me> {
  const account = await selectById(db, session.user);
  if (account === null) throw new Refusal("not_signed_in", { detail: "a session of an unknown user" });
  const phone = keys.open(account.phoneSealed, { user: account.id, field: "phone" });
  return {
    ...(await selectProfile(db, account.id)),
    phoneHint: phoneHint(phone),
    role: account.role,
    epoch: await selectEpoch(db),
    session: session.id,
  };
}
