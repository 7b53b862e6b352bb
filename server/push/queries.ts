/** The SQL of notifications: who wants them where, and what there is to notify of. */
import type { Sql } from "postgres";
import type { ConversationId, Cursor, EpochMs, Seq, SessionId, UserId } from "#protocol/ids.ts";
import { blocksAt, shownTo } from "../contacts/columns.ts";
import { reaches, relationOf } from "../privacy/table.ts";

/** How the last push went. `sent`: the push service took it. */
export type PushResult = "sent" | "gone" | "refused" | "later";

export interface Subscription {
  session: SessionId;
  user: UserId;
  endpoint: string;
  p256dh: string;
  auth: string;
  preview: boolean;
  /** The user's inbox up to here was notified of. */
  cursor: Cursor;
  failures: number;
  lastAt: EpochMs | null;
  lastResult: PushResult | null;
}

type NewSubscription = Pick<Subscription, "session" | "user" | "endpoint" | "p256dh" | "auth" | "preview">;

/** A session has one; a browser that signs in anew brings its address along. What is in the inbox by now is no news. */
export async function upsertSubscription(db: Sql, given: NewSubscription, now: EpochMs): Promise<void> {
  const { session, user, endpoint, p256dh, auth, preview } = given;
  await db.begin(async (tx) => {
    await tx`delete from push_subscriptions where endpoint = ${endpoint} and session_id <> ${session}`;
    await tx`
      insert into push_subscriptions (session_id, user_id, endpoint, p256dh, auth, preview, cursor, created_at)
      select ${session}, user_id, ${endpoint}, ${p256dh}, ${auth}, ${preview}, head, ${now}
      from inbox_heads where user_id = ${user}
      on conflict (session_id) do update set endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
        preview = excluded.preview`;
  });
}

export async function deleteSubscription(db: Sql, session: SessionId): Promise<void> {
  await db`delete from push_subscriptions where session_id = ${session}`;
}

export async function selectSubscription(db: Sql, session: SessionId): Promise<Subscription | null> {
  const [row] = await db<Subscription[]>`
    select ${columns(db)} from push_subscriptions where session_id = ${session}`;
  return row ?? null;
}

export async function selectSubscriptionsOf(db: Sql, user: UserId): Promise<Subscription[]> {
  return await db<Subscription[]>`select ${columns(db)} from push_subscriptions where user_id = ${user}`;
}

function columns(db: Sql) {
  return db`session_id as session, user_id as "user", endpoint, p256dh, auth, preview, cursor, failures, last_at as "lastAt",
    last_result as "lastResult"`;
}

/** Those of `users` who want notifications anywhere. */
export async function selectSubscribed(db: Sql, users: readonly UserId[]): Promise<Set<UserId>> {
  const rows = await db<{ user: UserId }[]>`
    select distinct user_id as "user" from push_subscriptions where user_id = any(${users as UserId[]}::uuid[])`;
  return new Set(rows.map((row) => row.user));
}

/** Users with something in their inbox that was not looked at, after a start. */
export async function selectBehind(db: Sql): Promise<UserId[]> {
  const rows = await db<{ user: UserId }[]>`
    select distinct s.user_id as "user" from push_subscriptions s join inbox_heads h on h.user_id = s.user_id
    where s.cursor < h.head`;
  return rows.map((row) => row.user);
}

/** Users with a push that is to be tried again by now. */
export async function selectToRetry(
  db: Sql,
  { now, limit }: { now: EpochMs; limit: number },
): Promise<UserId[]> {
  const rows = await db<{ user: UserId }[]>`
    select distinct user_id as "user" from push_subscriptions where retry_at <= ${now} limit ${limit}`;
  return rows.map((row) => row.user);
}

export async function noteDone(
  db: Sql,
  { session, cursor, result, now }: NoteOf<{ result: PushResult | null; cursor: Cursor }>,
): Promise<void> {
  await db`
    update push_subscriptions set cursor = greatest(cursor, ${cursor}), retry_at = null, failures = 0,
      last_at = case when ${result}::text is null then last_at else ${now}::timestamptz end,
      last_result = coalesce(${result}, last_result)
    where session_id = ${session}`;
}

export async function noteLater(
  db: Sql,
  { session, retryAt, now }: NoteOf<{ retryAt: EpochMs }>,
): Promise<void> {
  await db`
    update push_subscriptions set retry_at = ${retryAt}::timestamptz, failures = failures + 1, last_at = ${now}::timestamptz,
      last_result = 'later'
    where session_id = ${session}`;
}

type NoteOf<T> = T & { session: SessionId; now: EpochMs };

/** What of a conversation there is to notify of. */
export interface Pending {
  conversation: ConversationId;
  /** The newest of the messages, how many they are, who wrote them, and what the newest says. */
  seq: Seq;
  count: number;
  name: string;
  text: string;
}

export interface Look {
  pending: Pending[];
  /** Everything up to here was looked at. */
  upTo: Cursor;
  /** When the next event becomes due; null when all were looked at. */
  nextDueAt: EpochMs | null;
}

export interface LookOptions {
  after: Cursor;
  /** Events that came later may still be attended to. */
  settledBy: EpochMs;
  since: EpochMs;
}

/**
 * Peers' messages in the user's inbox after `after` that nobody attended to: no visible device has them, they are not read nor
 * deleted, and their sender is somebody whose messages the user wants to be notified of.
 */
export async function lookForPending(db: Sql, user: UserId, options: LookOptions): Promise<Look> {
  const { after, settledBy, since } = options;
  const [bounds, pending] = await Promise.all([
    db<{ upTo: Cursor | null; nextAt: EpochMs | null }[]>`
      select coalesce(min(cursor) filter (where at > ${settledBy}) - 1, max(cursor)) as "upTo",
        min(at) filter (where at > ${settledBy}) as "nextAt"
      from inbox where user_id = ${user} and cursor > ${after} and at > ${since}`,
    db<(Pending & { contacts: boolean; blocks: boolean; blocked: boolean })[]>`
      select distinct on (i.conversation_id) i.conversation_id as conversation, i.seq, coalesce(own.alias, u.name) as name,
        m.body as text, count(*) over (partition by i.conversation_id) as count, c.ended_at is null as contacts,
        ${blocksAt(db, user)} is not null as blocked,
        ${blocksAt(db, db`i.subject_id`)} is not null as blocks
      from inbox i
      join inbox_heads h on h.user_id = i.user_id
      join marks k on k.conversation_id = i.conversation_id and k.user_id = i.user_id
      join contacts own on own.user_id = i.user_id and own.contact_id = i.subject_id and not own.muted
      join conversations c on c.id = i.conversation_id
      join users u on u.id = i.subject_id
      join messages m on m.conversation_id = i.conversation_id and m.seq = i.seq and m.sent_at = i.at
      where i.user_id = ${user} and i.cursor > ${after} and i.cursor > h.attended and i.at > ${since}
        and i.at <= ${settledBy} and i.kind = 'message' and i.subject_id <> i.user_id and i.seq > k.read
        and m.deleted_at is null and m.hidden_from_recipient is not true
      order by i.conversation_id, i.seq desc`,
  ]);
  const { upTo, nextAt } = bounds[0] ?? { upTo: null, nextAt: null };
  // As the sender sees it: it is their sign that would reach the user.
  const wanted = pending.filter((about) => reaches("push", relationOf(about)));
  return { pending: wanted, upTo: upTo ?? after, nextDueAt: nextAt };
}

/** Unread messages of the user in all conversations that are not muted, for the badge. */
export async function countUnread(db: Sql, user: UserId, since: EpochMs): Promise<number> {
  const [row] = await db<{ unread: number }[]>`
    select count(*) as unread from contacts own
    join conversations c on c.id = own.conversation_id
    join marks k on k.conversation_id = c.id and k.user_id = own.user_id
    join messages m on m.conversation_id = c.id and m.seq > k.read and m.seq <= ${shownTo(db, user)}
      and m.sender_id <> own.user_id and m.sent_at > ${since} and m.deleted_at is null
      and m.hidden_from_recipient is not true
    where own.user_id = ${user} and not own.muted`;
  return row?.unread ?? 0;
}
