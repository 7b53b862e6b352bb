/**
 * Secrets of the configuration. Each may come in a file instead, as container engines hand them out: `NAME_FILE` names it. A
 * problem names the variable, never what is in it.
 */
import { readFileSync } from "node:fs";

const SECRETS = ["DATABASE_URL", "REDIS_URL", "SMTP_URL", "PARLEY_KEYS", "VAPID_KEY"] as const;

/** Of 32 random bytes about 30 differ; fewer than this many never happens by chance. */
const KEY_MIN_DIFFERENT_BYTES = 16;
const PASSWORD_MIN_CHARS = 12;
/** On this machine, who may ask a service is not decided by its password alone. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The secrets that are set, by the name of their variable. */
export function readSecrets(
  env: Record<string, string | undefined>,
  problems: string[],
): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  for (const name of SECRETS) {
    const given = env[name]?.trim();
    const path = env[`${name}_FILE`]?.trim();
    if (given && path) problems.push(`${name} and ${name}_FILE are both set; one of them has to go`);
    const secret = given || (path ? readSecretFile(path, { name, problems }) : null);
    if (secret) secrets.set(name, secret);
  }
  return secrets;
}

function readSecretFile(path: string, { name, problems }: { name: string; problems: string[] }) {
  try {
    const secret = readFileSync(path, "utf8").trim();
    if (secret === "") problems.push(`${name}_FILE names a file that is empty`);
    return secret;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "unknown error";
    problems.push(`${name}_FILE names a file that cannot be read (${code})`);
    return null;
  }
}

/** Keys that somebody typed instead of drawing them: with few different bytes, or all letters. */
export function isWeakKey(bytes: Uint8Array): boolean {
  return new Set(bytes).size < KEY_MIN_DIFFERENT_BYTES || bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

/** True when the URL has a password that can be guessed, and another machine to guess it from. */
export function hasWeakPassword(url: string): boolean {
  const { hostname, password } = new URL(url);
  if (password === "" || hostname === "" || LOOPBACK.test(hostname)) return false;
  return password.length < PASSWORD_MIN_CHARS;
}
