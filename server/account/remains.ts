/**
 * What becomes of everything that names a person, when they delete their account: the one place that says so. It drives the
 * deletion, and a test holds it to the schema, so a new column that may name somebody has to say here what becomes of it.
 */

/**
 * gone: the row goes with the account · cleared: the row stays and names nobody · shared: the row is the other one's too, and stays
 * with the bare id until the retention takes it · audit: what administrators did stays for a year, with the bare id.
 */
export type Fate = "gone" | "cleared" | "shared" | "audit";

/** Columns that hold the id of a user, by table and name. */
export const REMAINS: Readonly<Record<string, Fate>> = {
  "users.id": "shared",
  "users.invited_by": "cleared",
  "inbox_heads.user_id": "gone",
  "inbox.user_id": "gone",
  "inbox.subject_id": "shared",
  "sign_ins.user_id": "gone",
  "invites.inviter_id": "gone",
  "invites.used_by": "cleared",
  "contacts.user_id": "gone",
  "contacts.contact_id": "shared",
  "conversations.low_user": "shared",
  "conversations.high_user": "shared",
  "marks.user_id": "shared",
  "messages.sender_id": "shared",
  "messages.recipient_id": "shared",
  "revisions.user_id": "shared",
  "push_subscriptions.user_id": "gone",
  "audit.actor_id": "audit",
  "audit.subject_id": "audit",
};

/** Columns with ids of anything but a user. */
export const NOBODYS: ReadonlySet<string> = new Set([
  "log.epoch",
  "conversations.id",
  "marks.conversation_id",
  "contacts.conversation_id",
  "messages.conversation_id",
  "messages.cid",
  "inbox.conversation_id",
  "inbox_heads.newest_cid",
  "sign_ins.session_id",
  "invites.id",
  "push_subscriptions.session_id",
  "revisions.conversation_id",
  "revisions.cid",
]);

/** Columns of this fate, each with its table. */
export function columnsOf(fate: Fate): { table: string; column: string }[] {
  return Object.entries(REMAINS)
    .filter(([, theirs]) => theirs === fate)
    .map(([name]) => {
      const [table = "", column = ""] = name.split(".", 2);
      return { table, column };
    });
}
