/**
 * The files of the last builds, where every instance finds them. Their names have a hash of what is in them, so a file is the
 * same whoever serves it. A page that was opened before a deploy goes on asking for files of its build; a page of the new
 * build may ask an instance that still runs the one before. Both are answered, on any number of instances, from one table.
 */
import type { Logger } from "pino";
import type { Sql } from "postgres";
import type { Clock } from "../clock.ts";
import { Credits } from "../gateway/credits.ts";
import { assetFrom, HASHED, readBuild } from "./asset_table.ts";
import type { Asset, AssetTable } from "./asset_table.ts";

/** Builds whose files are kept: this one and the two before it. */
const BUILDS_KEPT = 3;
/** Look-ups at once and per second, of files that this instance does not have: anybody may ask for any name. */
const LOOK_UPS = { burst: 50, perSecond: 20 };
/** Files of other builds that this instance remembers. */
const REMEMBERED_MAX = 300;

/** Finds a file of another build; null when it is kept no more, or never was. */
export type FindFile = (path: string) => Promise<Asset | null>;

interface FileRow {
  path: string;
  build: string;
  plain: Uint8Array;
  br: Uint8Array | null;
  gzip: Uint8Array | null;
}

/**
 * Puts the hashed files of the build that lies in `folder` on the shelf; nothing when there is none, or one that does not say which
 * it is. An instance that cannot runs all the same, and says so.
 */
export async function shelveFolder(db: Sql, { folder, log }: { folder: string; log: Logger }): Promise<void> {
  const found = readBuild(folder);
  if (found === null) return;
  try {
    await shelve(db, found);
  } catch (error) {
    log.error({ err: error, build: found.build }, "the app's files could not be kept for the builds to come");
  }
}

/** Remembers what it has found; a file that is not there may be there a moment later. */
export function createFindFile({ db, clock }: { db: Sql; clock: Clock }): FindFile {
  const remembered = new Map<string, Asset>();
  const credits = new Credits({ ...LOOK_UPS, clock });

  return async (path) => {
    const known = remembered.get(path);
    if (known !== undefined) return known;
    if (credits.take() > 0) return null;
    const [row] = await db<
      FileRow[]
    >`select path, build, plain, br, gzip from app_files where path = ${path}`;
    if (row === undefined) return null;
    const asset = assetFrom(path, { identity: row.plain, br: row.br, gzip: row.gzip });
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value ?? "");
    remembered.set(path, asset);
    return asset;
  };
}

/** Also takes those of builds before the last ones from it. */
async function shelve(db: Sql, { build, files }: { build: string; files: AssetTable }): Promise<void> {
  const rows = [...files].flatMap(([path, { variants }]) => {
    const plain = variants.get("identity");
    if (!path.startsWith(HASHED) || plain === undefined) return [];
    const [br, gzip] = [variants.get("br")?.bytes ?? null, variants.get("gzip")?.bytes ?? null];
    return [{ path, build, plain: plain.bytes, br, gzip }];
  });
  if (rows.length === 0) return;
  await db.begin(async (tx) => {
    const known = await tx<{ path: string }[]>`
      update app_files set build = greatest(build, ${build}) where path = any(${rows.map(({ path }) => path)})
      returning path`;
    const paths = new Set(known.map(({ path }) => path));
    for (const row of rows.filter(({ path }) => !paths.has(path))) {
      await tx`
        insert into app_files ${tx(row)} on conflict (path) do update set build = greatest(app_files.build, excluded.build)`;
    }
    await tx`
      delete from app_files where build < (
        select min(build) from (select distinct build from app_files order by build desc limit ${BUILDS_KEPT}) newest)`;
  });
}
