/**
 * The cookies. On HTTPS they carry the `__Host-` prefix: no subdomain and no plain-HTTP page can set or overwrite them.
 * `SameSite=Lax` and not `Strict`, so that following a link to the app finds the person signed in; what a link can do is read.
 */
import { SESSION_MAX_MS } from "./sessions.ts";

const SECOND_MS = 1_000;
/** A browser is known for this long after its last sign-in; browsers keep no cookie much longer. */
const KNOWN_MS = 365 * 24 * 60 * 60 * SECOND_MS;

export interface CookieSlot {
  name: string;
  /** The value that `request` carries; null when none. */
  read(request: Request): string | null;
  /** A `Set-Cookie` value. */
  set(value: string, options: { maxAgeMs: number }): string;
  /** The `Set-Cookie` value that removes it. */
  clear(): string;
}

export interface Cookies {
  /** Token of the session. */
  session: CookieSlot;
  /** Proof of having asked for the code. */
  challenge: CookieSlot;
  /** Proof of having signed in here before. Stays when the person signs out. */
  known: CookieSlot;
}

export function createCookies({ publicOrigin }: { publicOrigin: string | null }): Cookies {
  const secure = publicOrigin?.startsWith("https://") ?? false;
  const prefix = secure ? "__Host-parley" : "parley";
  return {
    session: slot(prefix, secure),
    challenge: slot(`${prefix}-challenge`, secure),
    known: slot(`${prefix}-known`, secure),
  };
}

/** The `Set-Cookie` values for who has just been let in: the session, and the proof that they were here; the challenge is done with. */
export function signedInCookies(
  cookies: Cookies,
  { token, proof }: { token: string; proof: string },
): string[] {
  return [
    cookies.session.set(token, { maxAgeMs: SESSION_MAX_MS }),
    cookies.challenge.clear(),
    cookies.known.set(proof, { maxAgeMs: KNOWN_MS }),
  ];
}

function slot(name: string, secure: boolean): CookieSlot {
  const write = (value: string, maxAgeMs: number) =>
    new Bun.Cookie(name, value, {
      httpOnly: true,
      secure,
      sameSite: "lax",
      path: "/",
      maxAge: Math.floor(maxAgeMs / SECOND_MS),
    }).toString();
  return {
    name,
    read: (request) => new Bun.CookieMap(request.headers.get("cookie") ?? "").get(name),
    set: (value, { maxAgeMs }) => write(value, maxAgeMs),
    clear: () => write("", 0),
  };
}
