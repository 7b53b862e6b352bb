-- Messages answer one another, and are revised: edited, deleted, reacted to. Each column is null until that happens, which costs
-- a row next to nothing. `revision` counts; the two reactions and the two hidings are one for each person by construction.
alter table messages
  add column reply_to bigint,
  add column revision integer,
  add column edited_at timestamptz,
  add column deleted_at timestamptz,
  add column sender_reaction text,
  add column recipient_reaction text,
  add column hidden_from_sender boolean,
  add column hidden_from_recipient boolean;

-- A revision is known by (user_id, cid) for as long as its message lives, so that a repeat does not undo what came after it.
-- `cursor` is that of its event in the user's own inbox. Partitioned by the day of the message, and gone with it.
create table revisions (
  conversation_id uuid not null,
  seq bigint not null,
  sent_at timestamptz not null,
  user_id uuid not null,
  cid uuid not null,
  cursor bigint not null,
  primary key (conversation_id, seq, user_id, cid, sent_at)
) partition by range (sent_at);
