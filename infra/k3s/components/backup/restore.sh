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
before=$(mktemp)
whole=$(mktemp)
trap 'rm -f "$before" "$whole"' EXIT
pg_restore --no-owner --no-privileges --section=pre-data --file="$before" "$dir/$file"

others=$(psql --no-psqlrc --tuples-only --no-align --dbname="$DATABASE_URL" \
  --command="select count(*) from pg_stat_activity where datname = current_database() and application_name = 'parley'")
if [ "$others" != 0 ]; then
  echo "$others connection(s) of running instances are open. Stop the instances first." >&2
  exit 1
fi

# A dump says how to make its schema only when that is not as in a new database.
create='create schema public;'
if grep -q '^CREATE SCHEMA public;$' "$before"; then create=''; fi
{
  echo "begin; drop schema if exists public cascade; $create"
  # Without the commit, a dump that ends too soon leaves everything as it was.
  if pg_restore --no-owner --no-privileges --file=- "$dir/$file"; then
    echo 'update public.log set epoch = gen_random_uuid(); commit;'
    echo whole >"$whole"
  fi
} | PGOPTIONS='-c client_min_messages=warning' psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$DATABASE_URL" >/dev/null
if [ ! -s "$whole" ]; then
  echo "$file is damaged. Nothing was changed." >&2
  exit 1
fi
echo "Restored $file. The log has a new epoch."
