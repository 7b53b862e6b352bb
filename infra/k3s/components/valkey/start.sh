#!/bin/sh
# The configuration comes from the Secret: it holds the password. Sessions must not be evicted, so a full memory refuses writes.
set -eu
set -- --dir /data --appendonly yes --appendfsync everysec --save '' --maxmemory 256mb --maxmemory-policy noeviction
if [ "${HOSTNAME##*-}" != "$PRIMARY" ]; then
  set -- "$@" --replicaof "valkey-$PRIMARY.valkey-pods" 6379
fi
exec valkey-server /run/secrets/valkey/valkey.conf "$@"
