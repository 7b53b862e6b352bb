/**
 * Telling people that somebody signed in as them: an event in their inbox, for the other devices. It is in the transaction that
 * writes the sign-in down, before the browser gets its session, so no sign-in stays untold. The very first one of an account is
 * news to nobody.
 */
import type { Sql, TransactionSql } from "postgres";
import type { NewSession } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Appended } from "../inbox/append.ts";
import { appendEvents, lockHeads } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";
import { insertSignIn, updateSignedIn } from "./queries.ts";
import type { Session } from "./sessions.ts";

export interface AnnounceDeps {
  db: Sql;
  /** Id of this instance. */
  origin: string;
  /** Gets what was appended, after the commit: fans out, then publishes. */
  appended: (appended: Appended) => void;
}

/** Writes a sign-in down. True when it was news, which the other devices are told of. */
export type Announce = (session: Session) => Promise<boolean>;

export function createAnnounce({ db, origin, appended }: AnnounceDeps): Announce {
  return async function announce({ id, user, device, createdAt }) {
    const session: NewSession = { id, device, at: createdAt };
    const news = await db.begin((tx) => write(tx, { user, session, origin }));
    if (news !== null) appended(news as Appended);
    return news !== null;
  };
}

/** Null when it was the first. */
async function write(
  tx: TransactionSql,
  { user, session, origin }: { user: UserId; session: NewSession; origin: string },
): Promise<Appended | null> {
  // Before anything else, as whoever appends; so of two first sign-ins at once, one is the first.
  await lockHeads(tx, [user]);
  const before = await updateSignedIn(tx, user, session.at);
  if (before === undefined) throw new Refusal("code_expired", { detail: "deleted while signing in" });
  await insertSignIn(tx, user, session);
  if (before === null) return null;
  return appendEvents(tx, [{ users: [user], body: { kind: "session", session } }], {
    at: session.at,
    origin,
  });
}
