-- Postgres is the only truth. Runs on Postgres 15 and later.

-- Identity of the log itself: one row, a new epoch whenever history was lost.
create table log (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null default gen_random_uuid()
);
insert into log default values;

-- Phone numbers and emails are never here in clear: a keyed index to look up by, sealed text to show or mail to.
create table users (
  id uuid primary key,
  name text not null,
  phone_index bytea not null unique,
  phone_sealed text not null,
  email_index bytea not null,
  email_sealed text not null,
  invited_by uuid references users,
  suspended_at timestamptz,
  created_at timestamptz not null
);

-- A user's inbox: `head` is the cursor of its newest row, `floor` the lowest cursor that can still be resumed from,
-- `received` how far any device of the user holds it durably. Whoever appends locks these rows first, in id order.
create table inbox_heads (
  user_id uuid primary key references users,
  head bigint not null default 0,
  floor bigint not null default 0,
  received bigint not null default 0
);

-- One conversation per pair, by construction: the pair is ordered and unique.
create table conversations (
  id uuid primary key,
  low_user uuid not null references users,
  high_user uuid not null references users,
  head_seq bigint not null default 0,
  unique (low_user, high_user),
  check (low_user < high_user)
);

-- High-water marks of each side. They only move forward, and read implies delivered.
create table marks (
  conversation_id uuid not null references conversations,
  user_id uuid not null references users,
  delivered bigint not null default 0,
  read bigint not null default 0,
  primary key (conversation_id, user_id),
  check (read <= delivered)
);

-- A mutual relation is two rows.
create table contacts (
  user_id uuid not null references users,
  contact_id uuid not null references users,
  conversation_id uuid not null references conversations,
  created_at timestamptz not null,
  primary key (user_id, contact_id)
);

-- Partitioned by UTC day (server/retention/partitions.ts): the purge drops whole days.
-- A send is known by (sender_id, cid) for as long as its message lives; the sender's locked head row makes the look-up safe.
create table messages (
  conversation_id uuid not null,
  seq bigint not null,
  sender_id uuid not null,
  recipient_id uuid not null,
  cid uuid not null,
  body text not null,
  sent_at timestamptz not null,
  sender_cursor bigint not null,
  primary key (conversation_id, seq, sent_at),
  unique (sender_id, cid, sent_at)
) partition by range (sent_at);

-- `kind` message: the row of `messages` with this conversation and seq, sent at `at`. delivered, read: the mark of
-- `subject_id` moved to seq. contact: `subject_id` became a contact.
create table inbox (
  user_id uuid not null,
  cursor bigint not null,
  at timestamptz not null,
  kind text not null check (kind in ('message', 'delivered', 'read', 'contact')),
  conversation_id uuid not null,
  seq bigint not null,
  subject_id uuid not null,
  primary key (user_id, cursor, at)
) partition by range (at);

-- Committed, not yet on the bus. One row per batch: JSON of BusRecord[].
create table bus_outbox (
  id bigint generated always as identity primary key,
  created_at timestamptz not null,
  records text not null
);
