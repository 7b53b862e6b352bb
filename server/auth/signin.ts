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
import type { Account } from "./queries.ts";
import { selectById, selectByPhone, selectEpoch } from "./queries.ts";
import type { Session, Sessions } from "./sessions.ts";
import { signInMail } from "./sign_in_mail.ts";
import type { Throttle } from "./throttle.ts";

export interface SignIn {
  /** Throws `rate_limited`. The challenge is for the asking browser. */
  askForCode(request: { phone: string; ip: string }): Promise<{ challenge: string }>;
  /** Opens a session. Throws `code_wrong`, `code_expired`, `code_locked` or `rate_limited`. */
  signIn(request: SignInRequest): Promise<SignedIn>;
}

export interface SignInRequest {
  /** E.164. */
  phone: string;
  ip: string;
  code: string;
  challenge: string | null;
  device: string;
  /** Token of the session that this browser had before: it ends. */
  replaces: string | null;
}

export interface SignedIn {
  token: string;
  user: Person;
  epoch: Epoch;
}

export interface SignInDeps {
  db: Sql;
  keys: Keys;
  codes: Codes;
  throttle: Throttle;
  sessions: Sessions;
  /** Writes the sign-in down, and tells the person's other devices. */
  announce: Announce;
  sendMail: (mail: Mail) => Promise<unknown>;
  afterwards: Afterwards;
  publicOrigin: Config["publicOrigin"];
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { db, keys, codes, throttle, sessions } = deps;

  async function askForCode({ phone, ip }: { phone: string; ip: string }) {
    await throttle.asking(ip);
    await codes.startWait(phone);
    await throttle.making(phone);
    const account = await findActive(phone);
    const { code, challenge } = await codes.make(phone, { known: account !== null });
    deps.afterwards.run("sending a code by mail", async () => {
      if (account === null) return;
      const to = keys.open(account.emailSealed, { user: account.id, field: "email" });
      await deps.sendMail(codeMail({ to, code, origin: deps.publicOrigin }));
    });
    return { challenge };
  }

  async function signIn(request: SignInRequest): Promise<SignedIn> {
    const { phone, code, challenge, device } = request;
    await throttle.trying(request.ip);
    await codes.use(phone, { code, challenge });
    const account = await findActive(phone);
    if (account === null) throw new Refusal("code_expired", { detail: "suspended since the code was sent" });
    const { token, session } = await sessions.open({ user: account.id, device });
    await refuseSuspended(account.id, token);
    await tellOf(session, { token, account });
    if (request.replaces !== null) await sessions.end(request.replaces);
    return { token, user: { id: account.id, name: account.name }, epoch: await selectEpoch(db) };
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
