-- Runs once, when the database is made: Parley gets a role and a database of its own, and is never the superuser.
\set password `cat /run/secrets/postgres/parley_password`
create role parley login password :'password';
create database parley owner parley encoding 'UTF8' template template0;
