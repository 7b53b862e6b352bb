-- What is written for each message, made less.

-- The greatest cid that was ever accepted from this user. Cids are UUIDv7, so they ascend with the device's clock: one that is
-- greater than this was never accepted, and needs no look-up through all kept days. The look-up stays for every other.
alter table inbox_heads add column newest_cid uuid;
update inbox_heads h set newest_cid = coalesce(
  (select m.cid from messages m where m.sender_id = h.user_id order by m.cid desc limit 1),
  '00000000-0000-0000-0000-000000000000'
);
alter table inbox_heads
  alter column newest_cid set default '00000000-0000-0000-0000-000000000000',
  alter column newest_cid set not null;

-- What grew instead of a copy of it: of each user the inbox rows after `grown_after`, up to `grown_to`. Whoever sweeps reads
-- them there. `records` is for what is in no inbox.
alter table bus_outbox
  alter column records set default '[]',
  add column grown_users uuid[] not null default '{}',
  add column grown_after bigint[] not null default '{}',
  add column grown_to bigint[] not null default '{}';
