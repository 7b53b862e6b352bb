-- When the retention was last enforced, and what that came to. One row a purge; the purge itself keeps the newest few.
create table purges (
  at timestamptz primary key,
  partitions integer not null,
  rows bigint not null,
  bytes bigint not null
);
