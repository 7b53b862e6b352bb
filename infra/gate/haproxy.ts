/** A real HTTPS proxy, for what people go through in production. */
import { existsSync } from "node:fs";
import { Missing } from "./missing.ts";

/** With what makes its certificate. */
export const HAPROXY_PACKAGES = ["haproxy", "openssl"];

/** Where Debian has it, which is not on everybody's PATH. */
const DEBIAN = "/usr/sbin/haproxy";

export function haproxyAtHand(): boolean {
  return haproxyProgram() !== null && Bun.which("openssl") !== null;
}

/** Path of an installed haproxy. */
export function findHaproxy(): string {
  const path = haproxyProgram();
  if (path !== null && haproxyAtHand()) return path;
  throw new Missing(
    "There is no haproxy with openssl: install them (Debian: apt-get install haproxy openssl; macOS: brew install haproxy), " +
      "or name the first in HAPROXY by its path.",
  );
}

function haproxyProgram(): string | null {
  return Bun.which("haproxy") ?? (existsSync(DEBIAN) ? DEBIAN : null);
}
