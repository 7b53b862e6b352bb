#!/bin/bash
# Run by the image when the volume is empty. The password goes by stdin, so that no list of processes shows it.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<SQL
\set password \`cat /run/secrets/postgres/password\`
create role parley login password :'password';
create database parley owner parley encoding 'UTF8' template template0;
revoke connect on database parley from public;
SQL
