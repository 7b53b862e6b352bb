/** Schemas of the bodies of `protocol/admin.ts`. */
import { t } from "elysia";
import { NAME_MAX_CHARS } from "#protocol/limits.ts";

/** Longest name, number and address that anybody types, before they are cleaned. */
const NAME_TYPED_MAX_CHARS = 4 * NAME_MAX_CHARS;
const PHONE_TYPED_MAX_CHARS = 40;
const EMAIL_TYPED_MAX_CHARS = 320;

const uuid = t.String({ format: "uuid" });
const epochMs = t.Integer({ description: "Milliseconds since 1970 UTC" });
const moment = t.Nullable(epochMs);
const count = t.Integer({ minimum: 0 });
const role = t.Union([t.Literal("member"), t.Literal("admin")]);
const dependencies = t.Record(
  t.String(),
  t.Object({ state: t.Union([t.Literal("up"), t.Literal("down")]), latencyMs: t.Number() }),
);

export const system = t.Object({
  now: epochMs,
  dependencies,
  instances: t.Array(
    t.Object({
      id: uuid,
      startedAt: epochMs,
      connections: count,
      writerDepth: count,
      sendsPerSecond: t.Number(),
      framesPerSecond: t.Number(),
      dependencies,
      keys: t.Array(t.String()),
    }),
  ),
  people: t.Object({ active: count, suspended: count }),
  outbox: t.Object({ rows: count, oldestAt: moment }),
  oldestRowAt: moment,
  lastPurgeAt: moment,
});

export const people = t.Object({
  people: t.Array(
    t.Object({
      id: uuid,
      name: t.String(),
      phoneHint: t.String({ description: "Last two digits" }),
      role,
      createdAt: epochMs,
      signedInAt: moment,
      suspendedAt: moment,
    }),
  ),
  more: t.Boolean(),
});

export const newPerson = t.Object({
  name: t.String({ minLength: 1, maxLength: NAME_TYPED_MAX_CHARS }),
  phone: t.String({ minLength: 1, maxLength: PHONE_TYPED_MAX_CHARS, description: "As typed" }),
  country: t.Optional(t.String({ maxLength: 2, description: "ISO 3166, to read a national number in" })),
  email: t.String({ minLength: 1, maxLength: EMAIL_TYPED_MAX_CHARS }),
});

export const added = t.Object({ id: uuid });

export const sessions = t.Array(
  t.Object({ id: uuid, device: t.String(), createdAt: epochMs, lastSeenAt: epochMs }),
);

const mentioned = t.Nullable(t.Object({ id: uuid, name: t.Nullable(t.String()) }));

export const audit = t.Object({
  entries: t.Array(
    t.Object({
      number: count,
      at: epochMs,
      actor: mentioned,
      terminal: t.Nullable(t.String()),
      act: t.String(),
      subject: mentioned,
      detail: t.Record(t.String(), t.Union([t.String(), t.Number()])),
    }),
  ),
  more: t.Boolean(),
});

export const personParams = t.Object({ id: uuid });
export const sessionParams = t.Object({ id: uuid, session: uuid });
export const peopleQuery = t.Object({ after: t.Optional(uuid) });
export const auditQuery = t.Object({
  before: t.Optional(t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
});
