/** The HTTP door of invites: making them, and coming in by them. */
import { Elysia, t } from "elysia";
import type { Contact } from "#protocol/frames.ts";
import type { CodeAnswer, Invite, Inviter, NewInvite, SessionAnswer } from "#protocol/http.ts";
import type { InviteId, UserId } from "#protocol/ids.ts";
import { CODE_RESEND_MS, CODE_TTL_MS } from "#protocol/limits.ts";
import { codeAnswer, nothing, sessionAnswer } from "../auth/bodies.ts";
import type { ClientIp } from "../auth/client_ip.ts";
import { signedInCookies } from "../auth/cookies.ts";
import type { Cookies } from "../auth/cookies.ts";
import { deviceName } from "../auth/device.ts";
import { parseEmail } from "../auth/email.ts";
import type { Guard } from "../auth/guard.ts";
import { parsePhone } from "../auth/phone.ts";
import { contact } from "../contacts/bodies.ts";
import { problemBody } from "../http_errors.ts";
import { cleanName } from "../messages/text.ts";
import { Refusal } from "../problem.ts";
import * as bodies from "./bodies.ts";
import type { Invites } from "./invites.ts";
import type { Joining } from "./joining.ts";
import type { InviteThrottle } from "./throttle.ts";

export interface InviteRoutesDeps {
  guard: Guard;
  cookies: Cookies;
  clientIp: ClientIp;
  invites: Invites;
  joining: Joining;
  throttle: InviteThrottle;
  /** Takes one of the user's commands: 0, or the milliseconds until there is one. */
  takeCommand: (user: UserId) => number;
}

export function inviteRoutes(deps: InviteRoutesDeps) {
  return new Elysia({ name: "invites", detail: { tags: ["invites"] } })
    .use(ownRoutes(deps))
    .use(joiningRoutes(deps));
}

/** What a signed-in person may call. */
function ownRoutes({ guard, invites, takeCommand }: InviteRoutesDeps) {
  function pace(user: UserId): void {
    const retryAfterMs = takeCommand(user);
    if (retryAfterMs > 0) throw new Refusal("rate_limited", { retryAfterMs });
  }

  return new Elysia()
    .use(guard)
    .get("/api/invites", ({ session }): Promise<Invite[]> => invites.list(session.user), {
      signedIn: true,
      response: { 200: t.Array(bodies.invite), 401: problemBody },
      detail: { summary: "Own open invites, newest first" },
    })
    .post(
      "/api/invites",
      async ({ session, set }): Promise<NewInvite> => {
        pace(session.user);
        const made = await invites.make(session.user);
        set.status = 201;
        return made;
      },
      {
        signedIn: true,
        response: { 201: bodies.newInvite, 401: problemBody, 409: problemBody, 429: problemBody },
        detail: { summary: "Make an invite; its token is told this once" },
      },
    )
    .delete(
      "/api/invites/:id",
      async ({ session, params, set }) => {
        pace(session.user);
        await invites.revoke(session.user, params.id as InviteId);
        set.status = 204;
      },
      {
        signedIn: true,
        params: bodies.inviteParams,
        response: { 204: nothing },
        detail: { summary: "Revoke an own open invite" },
      },
    )
    .post(
      "/api/invites/accept",
      async ({ session, body }): Promise<Contact> => {
        pace(session.user);
        return invites.accept(session.user, body.token);
      },
      {
        signedIn: true,
        body: bodies.inviteShown,
        response: { 200: contact, 401: problemBody, 404: problemBody, 409: problemBody, 429: problemBody },
        detail: { summary: "Become a contact of who made the invite" },
      },
    );
}

/** What anybody may call who holds an invite. */
function joiningRoutes({ cookies, clientIp, invites, joining, throttle }: InviteRoutesDeps) {
  return new Elysia()
    .post(
      "/api/invites/look",
      async ({ body, request, server }): Promise<Inviter> => {
        await throttle.looking({ ip: ipOf(request, server), browser: null });
        return invites.look(body.token);
      },
      {
        body: bodies.inviteShown,
        response: { 200: bodies.inviter, 404: problemBody, 429: problemBody },
        detail: { summary: "Who invites; one refusal for every invite that cannot be used" },
      },
    )
    .post(
      "/api/invites/code",
      async ({ body, request, server, set }): Promise<CodeAnswer> => {
        const { challenge } = await joining.askForCode(askedOf(body, { request, server }));
        set.status = 202;
        set.headers["set-cookie"] = [cookies.challenge.set(challenge, { maxAgeMs: CODE_TTL_MS })];
        return { resendAfterMs: CODE_RESEND_MS };
      },
      {
        body: bodies.joinCodeRequest,
        response: {
          202: codeAnswer,
          400: problemBody,
          404: problemBody,
          422: problemBody,
          429: problemBody,
        },
        detail: {
          summary: "Have a code mailed to come in with; the same answer whoever has number or address",
        },
      },
    )
    .post(
      "/api/invites/join",
      async ({ body, request, server, set }): Promise<SessionAnswer> => {
        const name = cleanName(body.name);
        if (name === null) throw new Refusal("bad_name");
        const { user, epoch, ...signedIn } = await joining.join({
          ...askedOf(body, { request, server }),
          name,
          code: body.code,
          device: deviceName(request.headers.get("user-agent")),
          replaces: cookies.session.read(request),
        });
        set.status = 201;
        set.headers["set-cookie"] = signedInCookies(cookies, signedIn);
        return { user, epoch };
      },
      {
        body: bodies.joinRequest,
        response: {
          201: sessionAnswer,
          400: problemBody,
          404: problemBody,
          422: problemBody,
          429: problemBody,
        },
        detail: { summary: "Come in with the code: account, contact and session" },
      },
    );

  function ipOf(request: Request, server: Peers | null): string {
    return clientIp(request, server?.requestIP(request)?.address ?? null);
  }

  function askedOf(
    body: { token: string; phone: string; country?: string; email: string },
    { request, server }: { request: Request; server: Peers | null },
  ) {
    const email = parseEmail(body.email);
    if (email === null) throw new Refusal("bad_email");
    return {
      token: body.token,
      phone: parsePhone(body.phone, body.country),
      email,
      ip: ipOf(request, server),
      challenge: cookies.challenge.read(request),
      proof: cookies.known.read(request),
    };
  }
}

/** What Bun's server says of who asks. */
interface Peers {
  requestIP(request: Request): { address: string } | null;
}
