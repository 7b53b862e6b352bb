-- Where a signed-in device wants notifications. A row is worth something while its session is open; it goes with the session, or
-- when the push service says that nobody is there any more.
create table push_subscriptions (
  session_id uuid primary key,
  user_id uuid not null references users on delete cascade,
  endpoint text not null unique,
  p256dh text not null,
  auth text not null,
  -- Whether a notification shows who wrote what; else only that somebody did.
  preview boolean not null,
  -- The user's inbox up to here was notified of, or needs no notification.
  cursor bigint not null,
  -- Set while the push service could not take a push: when to try again.
  retry_at timestamptz,
  failures integer not null default 0,
  last_at timestamptz,
  last_result text,
  created_at timestamptz not null
);
create index push_subscriptions_user on push_subscriptions (user_id);
create index push_subscriptions_retry on push_subscriptions (retry_at) where retry_at is not null;

-- How far a device on whose screen the app was visible has the user's inbox: of those events nobody needs to be notified.
alter table inbox_heads add column attended bigint not null default 0;
