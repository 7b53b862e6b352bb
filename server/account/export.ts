/**
 * Everything that the server holds about somebody, as one JSON document for them. It is made as it is read: a page of messages at
 * a time, in a statement of its own, so that neither a long history nor a slow reader holds memory or a connection.
 */
import type { Sql } from "postgres";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { PAGE_MESSAGES_MAX, RETENTION_MS } from "#protocol/limits.ts";
import type { Keys } from "../auth/keys.ts";
import { selectById, selectSignIns } from "../auth/queries.ts";
import type { Sessions } from "../auth/sessions.ts";
import { contactsOf } from "../contacts/queries.ts";
import { selectInvitedBy, selectOpen } from "../invites/queries.ts";
import { readConversations, readPage } from "../messages/history.ts";
import { retainedSince } from "../messages/queries.ts";
import { selectSwitches } from "../profile/change.ts";
import { Refusal } from "../problem.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface ExportDeps {
  db: Sql;
  keys: Keys;
  sessions: Pick<Sessions, "list">;
}

/** What the document begins with. */
const ABOUT = {
  format: "parley-export",
  version: 1,
  times: "milliseconds since 1970 UTC",
  messages: `of the last ${RETENTION_MS / DAY_MS} days, newest first; older ones are gone`,
};

/** The document, piece by piece. Throws `not_signed_in` before the first piece when there is no such user. */
export async function* exportOf(
  { db, keys, sessions }: ExportDeps,
  { user, now }: { user: UserId; now: EpochMs },
): AsyncGenerator<string> {
  const account = await selectById(db, user);
  if (account === null) throw new Refusal("not_signed_in", { detail: "export of an unknown user" });
  const { phoneSealed, emailSealed, ...profile } = account;
  const head = {
    ...ABOUT,
    exportedAt: now,
    profile: {
      ...profile,
      phone: keys.open(phoneSealed, { user, field: "phone" }),
      email: keys.open(emailSealed, { user, field: "email" }),
      ...(await selectSwitches(db, user)),
      invitedBy: await selectInvitedBy(db, user),
    },
    invites: await selectOpen(db, user, { now }),
    sessions: await sessions.list(user),
    signIns: await selectSignIns(db, user, { since: retainedSince(now) }),
    contacts: await contactsOf(db, user),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
  const conversations = await readConversations(db, { user, now });
  for (const [index, conversation] of conversations.entries()) {
    yield `${index === 0 ? "" : ","}${JSON.stringify(conversation).slice(0, -1)},"messages":[`;
    yield* messagesOf(db, { user, conversation: conversation.id, now });
    yield "]}";
  }
  yield "]}\n";
}

async function* messagesOf(
  db: Sql,
  request: Omit<Parameters<typeof readPage>[1], "before" | "limit">,
): AsyncGenerator<string> {
  let before: number | null = null;
  for (;;) {
    const { messages, more } = await readPage(db, { ...request, before, limit: PAGE_MESSAGES_MAX });
    const [oldest] = messages;
    if (oldest === undefined) return;
    const texts = messages.toReversed().map((message) => JSON.stringify(message));
    yield `${before === null ? "" : ","}${texts.join(",")}`;
    if (!more) return;
    before = oldest.seq;
  }
}

/** A stream that makes a piece when somebody wants to read it. */
export function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
