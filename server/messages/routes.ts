/** The HTTP door to conversations: the list, pages of history, the snapshot, and the second door to send. */
import type { Sql } from "postgres";
import { Elysia, t } from "elysia";
import type { RefusedCode } from "#protocol/codes.ts";
import type { MessageSend } from "#protocol/frames.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import type { Revision } from "#protocol/messages.ts";
import { EMOJI_MAX_CHARS, PAGE_MESSAGES, PAGE_MESSAGES_MAX } from "#protocol/limits.ts";
import type { Guard } from "../auth/guard.ts";
import type { Clock } from "../clock.ts";
import { dealings, person } from "../contacts/bodies.ts";
import { Refusal } from "../problem.ts";
import { profile } from "../profile/bodies.ts";
import type { Change, Outcome } from "./change.ts";
import { readConversations, readPage, readSnapshot, readTimes } from "./history.ts";
import { reviseOf } from "./revise.ts";
import { sendOf } from "./send.ts";
import type { Writer } from "./writer.ts";

export interface MessageRoutesDeps {
  db: Sql;
  clock: Clock;
  guard: Guard;
  writer: Writer;
  /** Takes one send of the user's credits: 0, or the milliseconds until there is one. */
  takeSend: (user: UserId) => number;
}

const UUID_V7 = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
const uuid = t.String({ format: "uuid" });
const cid = t.String({ pattern: UUID_V7 });
const seq = t.Integer({ minimum: 0 });
/** Of a message that there is. */
const someSeq = t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const moment = t.Integer();
const marks = t.Object({ delivered: seq, read: seq });
export const messageBody = t.Object({
  conversation: uuid,
  seq,
  cid: uuid,
  from: uuid,
  to: uuid,
  text: t.String(),
  sentAt: moment,
  replyTo: t.Optional(seq),
  revision: t.Optional(t.Integer({ minimum: 1 })),
  editedAt: t.Optional(moment),
  deletedAt: t.Optional(moment),
  hidden: t.Optional(t.Literal(true)),
  reactions: t.Optional(t.Array(t.Object({ from: uuid, emoji: t.String() }))),
});
const conversation = t.Composite([
  dealings,
  t.Object({
    id: uuid,
    with: person,
    headSeq: seq,
    mine: marks,
    theirs: marks,
    unread: t.Integer({ minimum: 0 }),
  }),
]);
const page = t.Object({ messages: t.Array(messageBody), more: t.Boolean() });
const snapshot = t.Object({
  epoch: uuid,
  cursor: t.Integer({ minimum: 0 }),
  floor: t.Integer({ minimum: 0 }),
  now: t.Integer(),
  me: profile,
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

const revising = { cid, conversation: uuid, seq: someSeq };
const revision = t.Union([
  t.Object({ type: t.Literal("message.edit"), ...revising, text: t.String() }),
  t.Object({
    type: t.Literal("message.delete"),
    ...revising,
    for: t.Union([t.Literal("both"), t.Literal("me")]),
  }),
  t.Object({
    type: t.Literal("message.react"),
    ...revising,
    emoji: t.Union([t.String({ maxLength: EMOJI_MAX_CHARS }), t.Null()]),
  }),
]);
const revised = t.Object({
  cid: uuid,
  cursor: t.Integer({ minimum: 0 }),
  duplicate: t.Boolean(),
  message: messageBody,
});
const times = t.Object({
  sentAt: moment,
  deliveredAt: t.Union([moment, t.Null()]),
  readAt: t.Union([moment, t.Null()]),
});

export function messageRoutes({ db, clock, guard, writer, takeSend }: MessageRoutesDeps) {
  /** At the user's own pace; throws what was refused. */
  async function write(
    user: UserId,
    change: Change | RefusedCode,
  ): Promise<Exclude<Outcome, { is: "refused" }>> {
    const waitMs = takeSend(user);
    if (waitMs > 0) throw new Refusal("rate_limited", { retryAfterMs: waitMs });
    if (typeof change === "string") throw new Refusal(change);
    const outcome = await writer.write(change);
    if (outcome.is !== "refused") return outcome;
    const { code, retryAfterMs } = outcome;
    throw new Refusal(code, retryAfterMs === undefined ? {} : { retryAfterMs });
  }

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
    .get(
      "/conversations/:id/messages/:seq/times",
      ({ session, params }) =>
        readTimes(db, {
          user: session.user,
          conversation: params.id as ConversationId,
          seq: params.seq,
          now: clock(),
        }),
      {
        signedIn: true,
        params: t.Object({ id: uuid, seq: someSeq }),
        response: times,
        detail: { summary: "When an own message was sent, delivered and read" },
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
        const outcome = await write(session.user, sendOf(body as Omit<MessageSend, "type">, session.user));
        if (outcome.is !== "sent") throw new Error("a send was not answered as one");
        const { answer } = outcome;
        set.status = answer.duplicate ? 200 : 201;
        return answer;
      },
      {
        signedIn: true,
        body: t.Object({ cid, to: uuid, text: t.String(), replyTo: t.Optional(someSeq) }),
        response: { 200: sent, 201: sent },
        detail: { summary: "Send a message; a repeat of the same cid is answered the same" },
      },
    )
    .post(
      "/revisions",
      async ({ session, body }) => {
        const outcome = await write(session.user, reviseOf(body as Revision, session.user));
        if (outcome.is !== "revised") throw new Error("a revision was not answered as one");
        return outcome.answer;
      },
      {
        signedIn: true,
        body: revision,
        response: revised,
        detail: { summary: "Edit, delete or react to a message; a repeat of the same cid changes nothing" },
      },
    );
}
