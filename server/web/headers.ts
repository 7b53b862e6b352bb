/**
 * Headers that hold on every answer of this server, pages and API alike. The content security policy knows no
 * `unsafe-inline`, neither for scripts nor for styles, and no other host at all: a message that would smuggle markup in
 * finds nothing that runs it and nowhere to send what it saw. It is the same text on every answer, so that the app's
 * shell means the same when the service worker serves it offline.
 */
import { Elysia } from "elysia";
import type { Config } from "../config.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** What a chat needs from the device: nothing of these. */
const DENIED_FEATURES = [
  "accelerometer",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
];

/** Puts the security headers on every answer; a route that sets one of them by itself keeps its own. */
export function securityHeaders({ publicOrigin }: Pick<Config, "publicOrigin">) {
  const headers = headersFor(publicOrigin);
  return new Elysia({ name: "security-headers" }).onRequest(({ set }) => {
    Object.assign(set.headers, headers);
  });
}

/** `publicOrigin`: scheme and host that people reach this server by; null when it is whatever they used. */
export function headersFor(publicOrigin: string | null): Record<string, string> {
  const headers: Record<string, string> = {
    "content-security-policy": policyFor(publicOrigin),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": DENIED_FEATURES.map((feature) => `${feature}=()`).join(", "),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  };
  if (isSecure(publicOrigin)) {
    headers["strict-transport-security"] = `max-age=${YEAR_SECONDS}; includeSubDomains`;
  }
  return headers;
}

function policyFor(publicOrigin: string | null): string {
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    // 'self' covers the socket in today's browsers; older Safari wants to see it named.
    `connect-src 'self'${publicOrigin === null ? "" : ` ${publicOrigin.replace(/^http/, "ws")}`}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    // Markup and script addresses can be made by Vue's renderer and by our worker's registration, by nothing else.
    "require-trusted-types-for 'script'",
    "trusted-types vue parley-worker",
  ];
  if (isSecure(publicOrigin)) directives.push("upgrade-insecure-requests");
  return directives.join("; ");
}

function isSecure(publicOrigin: string | null): boolean {
  return publicOrigin?.startsWith("https://") ?? false;
}
