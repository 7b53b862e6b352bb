/**
 * Searching what a person wrote and was written: a look through their newest messages within the retention, bounded, without
 * an index. An index of words would cost on every send, would not find parts of words, and knows no words in scripts without
 * spaces. Seven days of one person are few enough to look through.
 */
import type { Fragment, Sql } from "postgres";
import type { Message } from "#protocol/frames.ts";
import type { SearchAnswer } from "#protocol/http.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { SEARCH_FOUND_MAX, SEARCH_SCAN_MAX } from "#protocol/limits.ts";
import { SEARCH_IGNORES } from "#protocol/search.ts";
import { blocksAt, shownTo } from "../contacts/columns.ts";
import { retainedSince } from "./queries.ts";
import { seenBy, storedColumns } from "./stored.ts";
import type { StoredMessage } from "./stored.ts";

const IGNORED = `[${SEARCH_IGNORES}]`;

/** Messages that contain `text`, newest first, whatever its case and accents. */
export async function search(
  db: Sql,
  { user, text, now }: { user: UserId; text: string; now: EpochMs },
): Promise<SearchAnswer> {
  // No stored text has a null character, and Postgres takes none.
  const wanted = text.replaceAll("\0", "");
  const rows = await db<(StoredMessage & { blocksAt: EpochMs | null })[]>`
    select ${storedColumns(db)}, m."blocksAt" from (
      select m.*, ${blocksAt(db, user)} as "blocksAt"
      from contacts k join conversations c on c.id = k.conversation_id
      cross join lateral (
        select * from messages
        where conversation_id = c.id and seq <= ${shownTo(db, user)} and sent_at > ${retainedSince(now)}
        order by seq desc limit ${SEARCH_SCAN_MAX}
      ) m
      where k.user_id = ${user} order by m.sent_at desc limit ${SEARCH_SCAN_MAX}
    ) m, (select ${folded(db, db`${wanted}::text`)} as text) wanted
    where wanted.text <> '' and strpos(${folded(db, db`m.body`)}, wanted.text) > 0
    order by m.sent_at desc, m.conversation_id, m.seq desc limit ${SEARCH_FOUND_MAX + 1}`;
  const found = rows.slice(0, SEARCH_FOUND_MAX).map((stored) => seenBy(stored, user, stored.blocksAt));
  return { found: found.filter(isThere), more: rows.length > SEARCH_FOUND_MAX };
}

/** What was taken back, or is hidden from the user, has no words for them. */
function isThere({ deletedAt, hidden }: Message): boolean {
  return deletedAt === undefined && hidden === undefined;
}

/**
 * The same folding as the device's (pwa/src/text/fold.ts), a test holds them together. By ICU, whatever locale the database
 * was made in.
 */
function folded(db: Sql, text: Fragment): Fragment {
  return db`regexp_replace(replace(lower(upper(normalize(${text}, NFKD) collate "und-x-icu")), 'ς', 'σ'), ${IGNORED}, '', 'g')`;
}
