/**
 * Signing in: a number, a code by mail, a session. Known, unknown and suspended numbers go the same way, through the same
 * reads and writes, to the same answer; what differs (the mail) happens after the answer.
 */
import type { Sql } from "postgres";
import type { Config } from "../config.ts";
import { Refusal } from "../problem.ts";
import type { Admit, SignedIn } from "./admission.ts";
import type { Afterwards } from "./afterwards.ts";
import { codeMail } from "./code_mail.ts";
import type { Mail } from "./code_mail.ts";
import type { Codes } from "./codes.ts";
import type { Keys } from "./keys.ts";
import type { KnownBrowsers } from "./known_browser.ts";
import { selectByPhone } from "./queries.ts";
import type { Asker, Throttle } from "./throttle.ts";

export interface SignIn {
  /** Throws `rate_limited`. The challenge is for the asking browser. */
  askForCode(request: CodeAsked): Promise<{ challenge: string }>;
  /** Opens a session. Throws `code_wrong`, `code_expired`, `code_locked` or `rate_limited`. */
  signIn(request: SignInRequest): Promise<SignedIn>;
}

export interface CodeAsked {
  /** E.164. */
  phone: string;
  ip: string;
  /** What the browser shows of having signed in as this number before; null when nothing. */
  proof: string | null;
  /** The challenge of the code that the browser asked for before; null when none. */
  challenge: string | null;
}

export interface SignInRequest extends CodeAsked {
  code: string;
  device: string;
  /** Token of the session that this browser had before: it ends. */
  replaces: string | null;
}

export interface SignInDeps {
  db: Sql;
  keys: Keys;
  codes: Codes;
  knownBrowsers: KnownBrowsers;
  throttle: Throttle;
  admit: Admit;
  sendMail: (mail: Mail) => Promise<unknown>;
  afterwards: Afterwards;
  publicOrigin: Config["publicOrigin"];
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { db, keys, codes, throttle, knownBrowsers } = deps;
  const askerOf = ({ phone, ip, proof }: CodeAsked): Asker => ({
    ip,
    browser: knownBrowsers.idOf(phone, proof),
  });

  async function askForCode(request: CodeAsked) {
    const { phone } = request;
    const asker = askerOf(request);
    await throttle.asking(asker);
    await codes.startWait(phone, throttle.nameOf(asker));
    await throttle.making(phone, asker);
    const account = await findActive(phone);
    const known = account !== null;
    const { code, challenge } = await codes.make(phone, { known, replaces: request.challenge });
    deps.afterwards.run("sending a code by mail", async () => {
      if (account === null) return;
      const to = keys.open(account.emailSealed, { user: account.id, field: "email" });
      await deps.sendMail(codeMail({ to, code, origin: deps.publicOrigin }));
    });
    return { challenge };
  }

  async function signIn(request: SignInRequest): Promise<SignedIn> {
    const { phone, code, challenge, device } = request;
    const asker = askerOf(request);
    await throttle.trying(asker);
    await codes.use(phone, { code, challenge, asker: throttle.nameOf(asker) });
    const account = await findActive(phone);
    if (account === null) throw new Refusal("code_expired", { detail: "suspended since the code was sent" });
    return deps.admit(account, { phone, device, replaces: request.replaces });
  }

  async function findActive(phone: string) {
    const account = await selectByPhone(db, keys.blindIndexes("phone", phone));
    return account === null || account.suspendedAt !== null ? null : account;
  }

  return { askForCode, signIn };
}
