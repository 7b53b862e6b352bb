import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ConversationId, EpochMs, UserId } from "#protocol/ids.ts";
import { RETENTION_MS, SEARCH_FOUND_MAX } from "#protocol/limits.ts";
import { searchContract } from "#protocol/search_contract.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { search } from "./search.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY_MS = 24 * 60 * 60 * 1_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({
    partitionsAt: [0, 8].map((daysAgo) => NOW - daysAgo * DAY_MS),
  });
});

afterAll(() => database.close());

interface Talk {
  alice: UserId;
  bob: UserId;
  conversation: ConversationId;
}

/** Puts messages from Alice to Bob where they were written long ago. */
async function say(talk: Talk, texts: readonly string[], at: EpochMs = NOW): Promise<void> {
  for (const text of texts) {
    await database.db`
      with numbered as (
        update conversations set head_seq = head_seq + 1 where id = ${talk.conversation} returning head_seq
      )
      insert into messages (conversation_id, seq, sender_id, recipient_id, cid, body, sent_at, sender_cursor)
      select ${talk.conversation}, head_seq, ${talk.alice}, ${talk.bob}, ${newCid()}, ${text}, ${at}::timestamptz, 1
      from numbered`;
  }
}

function found(user: UserId, text: string): Promise<string[]> {
  return search(database.db, { user, text, now: NOW }).then((answer) =>
    answer.found.map((message) => message.text),
  );
}

searchContract(async (text, wanted) => {
  const talk = await makePair(database.db);
  await say(talk, [text]);
  return (await found(talk.bob, wanted)).length === 1;
});

describe("what is found", () => {
  test("is one's own, on either side, and nobody else's", async () => {
    const [talk, other] = [await makePair(database.db), await makePair(database.db)];
    await say(talk, ["between us"]);
    expect(await found(talk.alice, "between us")).toEqual(["between us"]);
    expect(await found(talk.bob, "between us")).toEqual(["between us"]);
    expect(await found(other.alice, "between us")).toEqual([]);
  });

  test("is at most seven days old", async () => {
    const talk = await makePair(database.db);
    await say(talk, ["stale"], NOW - RETENTION_MS - 1);
    await say(talk, ["still"], NOW - RETENTION_MS + 1);
    expect(await found(talk.bob, "st")).toEqual(["still"]);
  });

  test("is neither what was deleted nor what one has hidden from oneself", async () => {
    const talk = await makePair(database.db);
    await say(talk, ["secret one", "secret two", "secret three"]);
    await database.db`
      update messages set revision = 1, deleted_at = ${NOW}::timestamptz where conversation_id = ${talk.conversation} and seq = 1`;
    await database.db`
      update messages set revision = 1, hidden_from_recipient = true where conversation_id = ${talk.conversation} and seq = 2`;
    expect(await found(talk.bob, "secret")).toEqual(["secret three"]);
    expect(await found(talk.alice, "secret")).toEqual(["secret three", "secret two"]);
  });

  test("is nothing that somebody wrote since they are blocked", async () => {
    const talk = await makePair(database.db);
    await say(talk, ["before", "since"]);
    // Bob is the second of the pair.
    await database.db`
      update conversations set high_blocks_after = 1, high_blocks_at = ${NOW}::timestamptz where id = ${talk.conversation}`;
    expect(await found(talk.bob, "e")).toEqual(["before"]);
    expect(await found(talk.alice, "e")).toEqual(["since", "before"]);
  });

  test("comes newest first, and says when there may be more", async () => {
    const talk = await makePair(database.db);
    await say(talk, ["note, the oldest"], NOW - 2);
    await say(
      talk,
      Array.from({ length: SEARCH_FOUND_MAX - 1 }, (_, index) => `note ${index}`),
      NOW - 1,
    );
    const all = await search(database.db, { user: talk.bob, text: "note", now: NOW });
    expect([all.found.length, all.more, all.found[0]?.text, all.found.at(-1)?.text]).toEqual([
      SEARCH_FOUND_MAX,
      false,
      `note ${SEARCH_FOUND_MAX - 2}`,
      "note, the oldest",
    ]);
    await say(talk, ["note, the newest"]);
    const first = await search(database.db, { user: talk.bob, text: "note", now: NOW });
    expect([first.found.length, first.more, first.found[0]?.text]).toEqual([
      SEARCH_FOUND_MAX,
      true,
      "note, the newest",
    ]);
  });
});
