/**
 * Coming in by an invite: a name, a number, an address, and a code that proves the address. Then account and contact come into being in
 * one transaction, and the browser gets its session. The code machinery is that of signing in, with all its limits.
 *
 * Whoever holds an invite must not learn by it who else is here. So asking answers alike whoever has the number or the address, and
 * what differs is in the mail, which only the owner of the address reads:
 * - number and address of one account: the code signs its person in, and the invite connects them;
 * - an address of another account: no code works;
 * - a number of another account, an address of nobody: the code looks like any other, and using it spends the invite. Who tries numbers
 *   out by their own mailbox pays an invite for each, whatever it was, and everybody who is let in stands in their inviter's list.
 */
import type { Sql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import type { Admit, SignedIn } from "../auth/admission.ts";
import type { Afterwards } from "../auth/afterwards.ts";
import type { Mail } from "../auth/code_mail.ts";
import type { Codes } from "../auth/codes.ts";
import { emailKey } from "../auth/email.ts";
import type { Keys } from "../auth/keys.ts";
import type { KnownBrowsers } from "../auth/known_browser.ts";
import { addUserIn, isTaken } from "../auth/new_account.ts";
import { selectById, selectByPhone, selectIdsByEmail } from "../auth/queries.ts";
import type { Account } from "../auth/queries.ts";
import type { CodeAsked } from "../auth/signin.ts";
import type { Asker, Throttle } from "../auth/throttle.ts";
import { hashToken } from "../auth/tokens.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { connectUsers } from "../contacts/connect.ts";
import type { Appended } from "../inbox/append.ts";
import { lockHeads } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";
import { acceptInvite } from "./accept.ts";
import { elsewhereMail, joinMail, returnMail } from "./mails.ts";
import { selectByToken, useUp } from "./queries.ts";
import type { FoundInvite } from "./queries.ts";
import type { InviteThrottle } from "./throttle.ts";

export interface Joining {
  /** Throws `no_invite` or `rate_limited`. The challenge is for the asking browser. */
  askForCode(request: JoinAsked): Promise<{ challenge: string }>;
  /** Opens a session. Throws `no_invite`, `code_wrong`, `code_expired`, `code_locked` or `rate_limited`. */
  join(request: Join): Promise<SignedIn>;
}

export interface JoinAsked extends CodeAsked {
  token: string;
  /** As mail is sent to it. */
  email: string;
}

export interface Join extends JoinAsked {
  /** Clean already. */
  name: string;
  code: string;
  device: string;
  /** Token of the session that this browser had before: it ends. */
  replaces: string | null;
}

export interface JoiningDeps {
  db: Sql;
  keys: Keys;
  clock: Clock;
  codes: Codes;
  knownBrowsers: KnownBrowsers;
  throttle: Throttle;
  inviteThrottle: InviteThrottle;
  admit: Admit;
  sendMail: (mail: Mail) => Promise<unknown>;
  afterwards: Afterwards;
  publicOrigin: Config["publicOrigin"];
  /** Id of this instance. */
  origin: string;
  /** Gets what was appended, after the commit: fans out, then publishes. */
  appended: (appended: Appended) => void;
}

/** Whose the number and the address are, as far as it makes a difference. */
type Owner = { is: "nobody" } | { is: "elsewhere" } | { is: "account"; account: Account };

export function createJoining(deps: JoiningDeps): Joining {
  const { db, keys, clock, codes, throttle, publicOrigin } = deps;
  const askerOf = ({ phone, ip, proof }: JoinAsked): Asker => ({
    ip,
    browser: deps.knownBrowsers.idOf(phone, proof),
  });

  async function askForCode(request: JoinAsked) {
    const { phone, email: to } = request;
    const asker = askerOf(request);
    await throttle.asking(asker);
    const { id } = await findOpen(request.token);
    await codes.startWait(nameOf(request), throttle.nameOf(asker));
    await deps.inviteThrottle.asking(id);
    await throttle.making(phone, asker);
    const owner = await findOwner(request);
    const { code, challenge } = await codes.make(nameOf(request), {
      known: owner.is !== "elsewhere",
      replaces: request.challenge,
    });
    deps.afterwards.run("sending a code to join by mail", async () => {
      await deps.sendMail(MAIL_TO[owner.is]({ to, code, origin: publicOrigin }));
    });
    return { challenge };
  }

  async function join(request: Join): Promise<SignedIn> {
    const asker = askerOf(request);
    await throttle.trying(asker);
    const invite = await findOpen(request.token);
    const { code, challenge, phone, device, replaces } = request;
    await codes.use(nameOf(request), { code, challenge, asker: throttle.nameOf(asker) });
    const owner = await findOwner(request);
    const account = owner.is === "account" ? owner.account : await comeIn(invite, request);
    if (owner.is === "account") await comeBack(account, request.token);
    return deps.admit(account, { phone, device, replaces });
  }

  async function findOpen(token: string): Promise<FoundInvite> {
    const invite = await selectByToken(db, hashToken(token), { user: null, now: clock() });
    if (invite === null) throw new Refusal("no_invite");
    return invite;
  }

  /** The same look-ups whatever comes of them. */
  async function findOwner({ phone, email }: Pick<JoinAsked, "phone" | "email">): Promise<Owner> {
    const account = await selectByPhone(db, keys.blindIndexes("phone", phone));
    const ids = await selectIdsByEmail(db, keys.blindIndexes("email", emailKey(email)));
    const active = account !== null && account.suspendedAt === null;
    if (active && ids.includes(account.id)) return { is: "account", account };
    return { is: ids.length > 0 ? "elsewhere" : "nobody" };
  }

  /** Account and contact, or neither. Throws `no_invite` also where the number is somebody's, which spends the invite. */
  async function comeIn(invite: FoundInvite, request: Join): Promise<Account> {
    const id = await add(invite, request).catch((error: unknown) => {
      if (isTaken(error) || (error instanceof Refusal && error.code === "number_taken")) return null;
      throw error;
    });
    if (id === null) {
      await db.begin((tx) => useUp(tx, invite.id, { by: null, at: clock() }));
      throw new Refusal("no_invite", { detail: "the number is somebody's" });
    }
    const account = await selectById(db, id);
    if (account === null) throw new Refusal("no_invite", { detail: "deleted while coming in" });
    return account;
  }

  async function add({ id, inviter }: FoundInvite, request: Join): Promise<UserId> {
    const { name, phone, email } = request;
    const at = clock();
    const { user, appended } = (await db.begin(async (tx) => {
      // Before anything else, as whoever appends. The newcomer's own comes with them, and nobody else knows of it.
      await lockHeads(tx, [inviter]);
      const user = await addUserIn(tx, { name, phone, email, invitedBy: inviter }, deps);
      if (!(await useUp(tx, id, { by: user, at })))
        throw new Refusal("no_invite", { detail: "used meanwhile" });
      return { user, appended: await connectUsers(tx, [inviter, user], { at, origin: deps.origin }) };
    })) as { user: UserId; appended: Appended };
    deps.appended(appended);
    return user;
  }

  /** Who has an account and opens an invite of their own is signed in, and that is all. */
  async function comeBack({ id: user }: Account, token: string): Promise<void> {
    try {
      const accepted = await acceptInvite(db, { user, token }, { at: clock(), origin: deps.origin });
      deps.appended(accepted.appended);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "own_invite")) throw error;
    }
  }

  return { askForCode, join };
}

const MAIL_TO = { nobody: joinMail, account: returnMail, elsewhere: elsewhereMail } as const;

/** What codes to come in are named after: no number, so none that signs in works here, nor the other way round. */
function nameOf({ token, phone, email }: Pick<JoinAsked, "token" | "phone" | "email">): string {
  return `joining by ${hashToken(token)} as ${phone} at ${emailKey(email)}`;
}
