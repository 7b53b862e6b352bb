-- What somebody may do here beyond their own: admin may see how the system is, and manage people.
alter table users add column role text not null default 'member' check (role in ('member', 'admin'));

-- What administrators did. Ids only: who an id was is told by `users`, for as long as they are there.
create table audit (
  number bigint generated always as identity primary key,
  at timestamptz not null,
  -- The administrator's account; null when it was done in a terminal of the server, by the user of the machine that `terminal` names.
  actor_id uuid,
  terminal text,
  -- Like user.suspend; server/admin/audit.ts has them all.
  act text not null,
  -- Whom it was done to.
  subject_id uuid,
  -- What more there is to say, without a name, a number or a text.
  detail jsonb not null,
  check ((actor_id is null) <> (terminal is null))
);
create index audit_at on audit (at);

-- Rows are added, and after a year, by the database's own clock, they may go. Nothing else.
create function keep_audit() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.at < now() - interval '365 days' then return old; end if;
  end if;
  raise exception 'the audit is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_keeps_rows before update or delete on audit for each row execute function keep_audit();
create trigger audit_keeps_all before truncate on audit for each statement execute function keep_audit();
