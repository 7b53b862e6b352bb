/**
 * Signing in: a number, a code by mail, a session. Known, unknown and suspended numbers go the same way, through the same
 * reads and writes, to the same answer; what differs (the mail) happens after the answer.
 */
import type { Sql } from "postgres";
import type { Person } from "#protocol/frames.ts";
import type { Epoch } from "#protocol/ids.ts";
import type { Config } from "../config.ts";
import { Refusal } from "../problem.ts";
import type { Afterwards } from "./afterwards.ts";
import type { Announce } from "./announce.ts";
import { codeMail } from "./code_mail.ts";
import type { Mail } from "./code_mail.ts";
import type { Codes } from "./codes.ts";
import type { Keys } from "./keys.ts";
import type { KnownBrowsers } from "./known_browser.ts";
import type { Account } from "./queries.ts";
import { selectById, selectByPhone, selectEpoch } from "./queries.ts";
import type { Session, Sessions } from "./sessions.ts";
import { signInMail } from "./sign_in_mail.ts";
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

export interface SignedIn {
  token: string;
  /** For the browser to be known by when it signs in again. */
  proof: string;
  user: Person;
  epoch: Epoch;
}

export interface SignInDeps {
  db: Sql;
  keys: Keys;
  codes: Codes;
  knownBrowsers: KnownBrowsers;
  throttle: Throttle;
  sessions: Sessions;
  /** Writes the sign-in down, and tells the person's other devices. */
  announce: Announce;
  sendMail: (mail: Mail) => Promise<unknown>;
  afterwards: Afterwards;
  publicOrigin: Config["publicOrigin"];
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { db, keys, codes, throttle, sessions, knownBrowsers } = deps;
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
    const { token, session } = await sessions.open({ user: account.id, device });
    await refuseSuspended(account.id, token);
    await tellOf(session, { token, account });
    if (request.replaces !== null) await sessions.end(request.replaces);
    const proof = knownBrowsers.prove(phone);
    const user = { id: account.id, name: account.name, hue: account.hue };
    return { token, proof, user, epoch: await selectEpoch(db) };
  }

  async function findActive(phone: string) {
    const account = await selectByPhone(db, keys.blindIndexes("phone", phone));
    return account === null || account.suspendedAt !== null ? null : account;
  }

  /** A suspension that came between the look-up and the new session could not see the session: it is looked for again. */
  async function refuseSuspended(user: Person["id"], token: string): Promise<void> {
    const account = await selectById(db, user);
    if (account !== null && account.suspendedAt === null) return;
    await sessions.end(token);
    throw new Refusal("code_expired", { detail: "suspended while signing in" });
  }

  /** Whoever cannot be told of is not let in. */
  async function tellOf(session: Session, { token, account }: { token: string; account: Account }) {
    let news: boolean;
    try {
      news = await deps.announce(session);
    } catch (error) {
      await sessions.end(token);
      throw error;
    }
    if (!news) return;
    deps.afterwards.run("telling of a sign-in by mail", async () => {
      const to = keys.open(account.emailSealed, { user: account.id, field: "email" });
      await deps.sendMail(signInMail({ to, session, origin: deps.publicOrigin }));
    });
  }

  return { askForCode, signIn };
}
