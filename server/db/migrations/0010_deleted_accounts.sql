-- A deleted account leaves a tombstone: the bare id, which conversations of others still name until the retention has taken them.
-- `cleared_at`: since when the store holds nothing of it any more; null: whoever began to clear it has not finished.
-- `released_at`: since when no conversation names it; events that do are still kept for a while.
alter table users
  alter column phone_index drop not null,
  alter column phone_sealed drop not null,
  alter column email_index drop not null,
  alter column email_sealed drop not null,
  add column deleted_at timestamptz,
  add column cleared_at timestamptz,
  add column released_at timestamptz;
create index users_deleted on users (deleted_at) where deleted_at is not null;
