/** The end of every way in: somebody has proved who they are, and gets a session in the browser that they did it in. */
import type { Sql } from "postgres";
import type { Person } from "#protocol/frames.ts";
import type { Epoch } from "#protocol/ids.ts";
import type { Config } from "../config.ts";
import { Refusal } from "../problem.ts";
import type { Afterwards } from "./afterwards.ts";
import type { Announce } from "./announce.ts";
import type { Mail } from "./code_mail.ts";
import type { Keys } from "./keys.ts";
import type { KnownBrowsers } from "./known_browser.ts";
import type { Account } from "./queries.ts";
import { selectById, selectEpoch } from "./queries.ts";
import type { Session, Sessions } from "./sessions.ts";
import { signInMail } from "./sign_in_mail.ts";

/** Opens a session for who has proved to be `account`. Throws `code_expired` when it was suspended meanwhile. */
export type Admit = (account: Account, options: AdmitOptions) => Promise<SignedIn>;

export interface AdmitOptions {
  /** E.164. */
  phone: string;
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

export interface AdmitDeps {
  db: Sql;
  keys: Keys;
  knownBrowsers: KnownBrowsers;
  sessions: Sessions;
  /** Writes the sign-in down, and tells the person's other devices. */
  announce: Announce;
  sendMail: (mail: Mail) => Promise<unknown>;
  afterwards: Afterwards;
  publicOrigin: Config["publicOrigin"];
}

export function createAdmit(deps: AdmitDeps): Admit {
  const { db, keys, sessions, knownBrowsers } = deps;

  async function admit(account: Account, { phone, device, replaces }: AdmitOptions): Promise<SignedIn> {
    const { token, session } = await sessions.open({ user: account.id, device });
    await refuseSuspended(account.id, token);
    await tellOf(session, { token, account });
    if (replaces !== null) await sessions.end(replaces);
    const proof = knownBrowsers.prove(phone);
    const user = { id: account.id, name: account.name, hue: account.hue };
    return { token, proof, user, epoch: await selectEpoch(db) };
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

  return admit;
}
