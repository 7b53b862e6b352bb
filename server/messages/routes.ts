/** The HTTP door to conversations: the list, pages of history, the snapshot, and the second door to send. */
import type { Sql } from "postgres";
import { Elysia, t } from "elysia";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import { PAGE_MESSAGES, PAGE_MESSAGES_MAX } from "#protocol/limits.ts";
import type { Guard } from "../auth/guard.ts";
import type { Clock } from "../clock.ts";
import { Refusal } from "../problem.ts";
import type { Send } from "./change.ts";
import { readConversations, readPage, readSnapshot } from "./history.ts";
import { cleanText, refusalOf } from "./text.ts";
import type { Writer } from "./writer.ts";

export interface MessageRoutesDeps {
  db: Sql;
  clock: Clock;
  guard: Guard;
  writer: Writer;
  /** Takes one send of the user's credits: 0, or the milliseconds until there is one. */
  takeSend: (user: UserId) => number;
}

const uuid = t.String({ format: "uuid" });
const seq = t.Integer({ minimum: 0 });
const person = t.Object({ id: uuid, name: t.String() });
const marks = t.Object({ delivered: seq, read: seq });
const message = t.Object({
  conversation: uuid,
  seq,
  cid: uuid,
  from: uuid,
  to: uuid,
  text: t.String(),
  sentAt: t.Integer(),
});
const conversation = t.Object({
  id: uuid,
  with: person,
  headSeq: seq,
  mine: marks,
  theirs: marks,
  unread: t.Integer({ minimum: 0 }),
});
const page = t.Object({ messages: t.Array(message), more: t.Boolean() });
const snapshot = t.Object({
  epoch: uuid,
  cursor: t.Integer({ minimum: 0 }),
  floor: t.Integer({ minimum: 0 }),
  now: t.Integer(),
  me: person,
  conversations: t.Array(t.Composite([conversation, page])),
  newSessions: t.Array(t.Object({ id: uuid, device: t.String(), at: t.Integer() })),
});
const sent = t.Object({
  cid: uuid,
  conversation: uuid,
  seq,
  sentAt: t.Integer(),
  cursor: t.Integer({ minimum: 1 }),
  duplicate: t.Boolean(),
});

export function messageRoutes({ db, clock, guard, writer, takeSend }: MessageRoutesDeps) {
  return new Elysia({ name: "messages", prefix: "/api", detail: { tags: ["messages"] } })
    .use(guard)
    .get("/conversations", ({ session }) => readConversations(db, { user: session.user, now: clock() }), {
      signedIn: true,
      response: t.Array(conversation),
      detail: { summary: "The own conversations, latest message first" },
    })
    .get(
      "/conversations/:id/messages",
      ({ session, params, query }) =>
        readPage(db, {
          user: session.user,
          conversation: params.id as ConversationId,
          before: query.before ?? null,
          limit: query.limit ?? PAGE_MESSAGES,
          now: clock(),
        }),
      {
        signedIn: true,
        params: t.Object({ id: uuid }),
        query: t.Object({
          before: t.Optional(t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          limit: t.Optional(t.Integer({ minimum: 1, maximum: PAGE_MESSAGES_MAX })),
        }),
        response: page,
        detail: { summary: "Messages before a seq, ascending, at most seven days old" },
      },
    )
    .get("/snapshot", ({ session }) => readSnapshot(db, { user: session.user, now: clock() }), {
      signedIn: true,
      response: snapshot,
      detail: { summary: "Everything a device needs to start afresh, as of one moment" },
    })
    .post(
      "/messages",
      async ({ session, body, set }) => {
        const waitMs = takeSend(session.user);
        if (waitMs > 0) throw new Refusal("rate_limited", { retryAfterMs: waitMs });
        const text = cleanText(body.text);
        const refusal = refusalOf(text);
        if (refusal !== null) throw new Refusal(refusal);
        const answer = await send(writer, {
          kind: "send",
          user: session.user,
          cid: body.cid as Cid,
          to: body.to as UserId,
          text,
        });
        set.status = answer.duplicate ? 200 : 201;
        return answer;
      },
      {
        signedIn: true,
        body: t.Object({
          cid: t.String({ format: "uuid", pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$" }),
          to: uuid,
          text: t.String(),
        }),
        response: { 200: sent, 201: sent },
        detail: { summary: "Send a message; a repeat of the same cid is answered the same" },
      },
    );
}

async function send(writer: Writer, change: Send) {
  const outcome = await writer.write(change);
  switch (outcome.is) {
    case "sent":
      return outcome.answer;
    case "refused":
      throw new Refusal(
        outcome.code,
        outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs },
      );
    case "done":
      throw new Error("a send came to nothing");
    default:
      return outcome satisfies never;
  }
}
