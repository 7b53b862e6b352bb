-- People: what each calls the other, who is muted or blocked, what has ended, and what people show of themselves.

-- `hue`: degrees, the colour of the avatar; null: one that follows from the id. Both switches are reciprocal.
alter table users
  add column hue smallint check (hue between 0 and 359),
  add column shows_presence boolean not null default true,
  add column sends_receipts boolean not null default true;

-- `ended_at`: the two are contacts no more, and what this user still has of it goes with the retention. `ended_name`: what the
-- contact was called then; what they are called later is not this user's to know.
alter table contacts
  add column alias text,
  add column muted boolean not null default false,
  add column ended_at timestamptz,
  add column ended_name text;
create index contacts_ended on contacts (ended_at) where ended_at is not null;

-- `ended_at`: the two are contacts no more. `…_blocks_after`: that user shuts the other out, and what the other wrote after this
-- seq is in no inbox but the other's own; null: lets them in. `…_blocks_at`: since when.
alter table conversations
  add column ended_at timestamptz,
  add column low_blocks_after bigint,
  add column low_blocks_at timestamptz,
  add column high_blocks_after bigint,
  add column high_blocks_at timestamptz;

-- How far the peer was told of the mark; null: as far as it is.
alter table marks
  add column told_delivered bigint,
  add column told_read bigint;
