-- Each time that somebody signed in: what their other devices are told, and an export has. An inbox row of kind session names
-- the session as its subject.
create table sign_ins (
  session_id uuid primary key,
  user_id uuid not null references users,
  device text not null,
  at timestamptz not null
);
create index sign_ins_user on sign_ins (user_id, at);
create index sign_ins_at on sign_ins (at);

-- When the account was last signed in to; null: never yet. Whoever is there already may well have: they are told of the next one.
alter table users add column signed_in_at timestamptz;
update users set signed_in_at = created_at;
