/**
 * Requests that act on the cookie must come from our own pages. Two independent signs are asked, of every unsafe request and
 * of the WebSocket upgrade (which is a GET and knows no CORS): Fetch Metadata, where the browser sends it, and `Origin`, which
 * every browser sends with these. One that names no origin is refused: it is no browser, and can easily name one.
 */
import { Elysia } from "elysia";
import type { Config } from "../config.ts";
import { Refusal } from "../problem.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const OWN_SITES = new Set(["same-origin", "none"]);

export type OriginPolicy = Pick<Config, "publicOrigin" | "corsOrigins">;

/** Refuses foreign requests before anything else looks at them. Global: holds for every route of the app. */
export function originCheck(policy: OriginPolicy) {
  return new Elysia({ name: "origin" }).onRequest(({ request }) => checkOrigin(request, policy));
}

/** Throws `forbidden_origin` when `request` acts and does not come from an allowed page. */
export function checkOrigin(request: Request, { publicOrigin, corsOrigins }: OriginPolicy): void {
  if (!acts(request)) return;
  const origin = request.headers.get("origin");
  if (origin !== null && corsOrigins.includes(origin)) return;
  const site = request.headers.get("sec-fetch-site");
  const sameSite = site === null || OWN_SITES.has(site);
  if (!sameSite || origin === null || !isOwn(origin, { publicOrigin, request })) {
    throw new Refusal("forbidden_origin");
  }
}

function acts(request: Request): boolean {
  return !SAFE_METHODS.has(request.method) || request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** Without a configured origin the request's own host decides; the scheme cannot, as a proxy may have ended TLS. */
function isOwn(origin: string, options: { publicOrigin: string | null; request: Request }): boolean {
  if (options.publicOrigin !== null) return origin === options.publicOrigin;
  return URL.canParse(origin) && new URL(origin).host === new URL(options.request.url).host;
}
