-- The files of the last builds of the app, by address, for pages that are still open on one of them, and for pages of a new build
-- that meet an instance of the one before. `build` is the newest build that has the file.
create table app_files (
  path text primary key,
  build text not null,
  plain bytea not null,
  br bytea,
  gzip bytea
);
create index app_files_build on app_files (build);
