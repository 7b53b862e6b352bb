#!/bin/sh
# Replaces everything in the database of DATABASE_URL by a dump from BACKUP_DIR, in one transaction: BACKUP_FILE, or the newest.
# The log gets a new epoch, which tells every device that history was lost: each fetches a snapshot and sends its outbox again.
set -eu
dir=${BACKUP_DIR:-/backups}
file=${BACKUP_FILE:-$(ls -1 "$dir" | grep '^parley-.*\.dump$' | sort | tail -n 1)}
if [ -z "$file" ] || [ ! -f "$dir/$file" ]; then
  echo "There is no dump ${file:-at all} in $dir." >&2
  exit 1
fi
pg_restore --list "$dir/$file" >/dev/null

others=$(psql --no-psqlrc --tuples-only --no-align --dbname="$DATABASE_URL" \
  --command="select count(*) from pg_stat_activity where datname = current_database() and application_name = 'parley'")
if [ "$others" != 0 ]; then
  echo "$others connection(s) of running instances are open. Stop the instances first." >&2
  exit 1
fi

# A dump names its schema only when that is not as a new database has it, so both kinds must pass.
{
  echo 'drop schema public cascade; create schema public;'
  pg_restore --no-owner --no-privileges --file=- "$dir/$file" | sed '/^CREATE SCHEMA public;$/d'
  echo 'update public.log set epoch = gen_random_uuid();'
} | psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction --dbname="$DATABASE_URL" >/dev/null
echo "Restored $file. The log has a new epoch."
