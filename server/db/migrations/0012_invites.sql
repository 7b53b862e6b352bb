-- Invites: each brings one person in, as a contact of whoever made it. Its token is a secret of the link: here is the hash alone.
create table invites (
  id uuid primary key,
  token_hash text not null unique,
  inviter_id uuid not null references users,
  created_at timestamptz not null,
  -- Since when it is used up; null: it is open. By whom; null as well where it was spent and nobody came in by it.
  used_at timestamptz,
  used_by uuid references users
);
create index invites_inviter on invites (inviter_id);
create index invites_used_by on invites (used_by) where used_by is not null;
create index invites_created on invites (created_at);

-- Whether an address is somebody's already is asked at each joining.
create index users_email on users (email_index);
