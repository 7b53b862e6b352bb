/**
 * Invites: the way in for people, as nobody can be looked up. Whoever is inside makes one and hands its link on; it makes one person
 * a contact of theirs, once, for a week. The link's token is the only key to it. It stands behind the # of the link, which no browser
 * sends anywhere, and the server keeps its hash alone. One that ran out, was used, was revoked or never was is answered alike.
 */
import { randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import type { Contact } from "#protocol/frames.ts";
import type { Invite, Inviter, NewInvite } from "#protocol/http.ts";
import type { InviteId, UserId } from "#protocol/ids.ts";
import { INVITE_TTL_MS, INVITES_OPEN_MAX } from "#protocol/limits.ts";
import type { AccountThrottle } from "../account/throttle.ts";
import { hashToken, makeToken } from "../auth/tokens.ts";
import type { Clock } from "../clock.ts";
import type { Appended } from "../inbox/append.ts";
import { lockHeads } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";
import { acceptInvite } from "./accept.ts";
import { deleteOpen, insertInvite, selectByToken, selectOpen } from "./queries.ts";

export interface Invites {
  /** Own open ones, newest first. */
  list(user: UserId): Promise<Invite[]>;
  /** Throws `too_many_invites` or `rate_limited`. */
  make(user: UserId): Promise<NewInvite>;
  /** Throws `not_found` when the user has no such open one. */
  revoke(user: UserId, id: InviteId): Promise<void>;
  /** Who invites, for whoever shows the token. Throws `no_invite`. */
  look(token: string): Promise<Inviter>;
  /** Makes whoever shows the token a contact of who made it. Throws `no_invite` or `own_invite`. */
  accept(user: UserId, token: string): Promise<Contact>;
}

export interface InvitesDeps {
  db: Sql;
  clock: Clock;
  throttle: Pick<AccountThrottle, "inviting">;
  /** Id of this instance. */
  origin: string;
  /** Gets what was appended, after the commit: fans out, then publishes. */
  appended: (appended: Appended) => void;
}

export function createInvites({ db, clock, throttle, origin, appended }: InvitesDeps): Invites {
  async function make(user: UserId): Promise<NewInvite> {
    await throttle.inviting(user);
    const [id, token, now] = [randomUUID() as InviteId, makeToken(), clock()];
    await db.begin(async (tx) => {
      // One after the other, so that two at once do not both find room for the last one.
      const heads = await lockHeads(tx, [user]);
      if (!heads.has(user)) throw new Refusal("not_signed_in", { detail: "an invite of an unknown user" });
      const open = await selectOpen(tx, user, { now });
      if (open.length >= INVITES_OPEN_MAX) throw new Refusal("too_many_invites");
      await insertInvite(tx, { id, tokenHash: hashToken(token), inviter: user, at: now });
    });
    return { id, token, createdAt: now, expiresAt: now + INVITE_TTL_MS };
  }

  return {
    list: (user) => selectOpen(db, user, { now: clock() }),
    make,
    async revoke(user, id) {
      if (!(await deleteOpen(db, { id, inviter: user }))) throw new Refusal("not_found");
    },
    async look(token) {
      const invite = await selectByToken(db, hashToken(token), { user: null, now: clock() });
      if (invite === null) throw new Refusal("no_invite");
      return invite.by;
    },
    async accept(user, token) {
      const accepted = await acceptInvite(db, { user, token }, { at: clock(), origin });
      appended(accepted.appended);
      return accepted.contact;
    },
  };
}
