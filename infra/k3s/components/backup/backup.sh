#!/bin/sh
# Dumps the database of DATABASE_URL into BACKUP_DIR. A dump counts, and gets its name, only once its table of contents could
# be read back; only then are older ones removed. So whatever goes wrong, the dumps that are there stay there.
set -eu
dir=${BACKUP_DIR:-/backups}
keep=${BACKUP_KEEP:-14}
name=parley-$(date -u +%Y%m%dT%H%M%SZ).dump
partial=$dir/.$name.partial
trap 'rm -f "$partial" "$partial.list"' EXIT

pg_dump --format=custom --no-owner --no-privileges --dbname="$DATABASE_URL" --file="$partial"
pg_restore --list "$partial" >"$partial.list"
for table in log users messages inbox migrations; do
  grep -q " TABLE DATA [a-z]* $table" "$partial.list" || {
    echo "The dump lacks the table $table; it was thrown away." >&2
    exit 1
  }
done
sync "$partial"
mv "$partial" "$dir/$name"
echo "Backed up to $name, $(wc -c <"$dir/$name") bytes."

# Names sort by time: all but the newest ones go.
for old in $(ls -1 "$dir" | grep '^parley-.*\.dump$' | sort -r | tail -n "+$((keep + 1))"); do
  rm -f "$dir/$old"
  echo "Removed $old."
done
