/** Schemas of the bodies of `protocol/http.ts` that auth takes and gives. */
import { t } from "elysia";
import { person } from "../contacts/bodies.ts";
import { profile } from "../profile/bodies.ts";

/** Longest number anybody types, with separators; longest code with separators. */
const PHONE_TYPED_MAX_CHARS = 40;
const CODE_TYPED_MAX_CHARS = 20;

const uuid = t.String({ format: "uuid" });
const epochMs = t.Integer({ description: "Milliseconds since 1970 UTC" });

export const codeRequest = t.Object({
  phone: t.String({ minLength: 1, maxLength: PHONE_TYPED_MAX_CHARS, description: "As typed" }),
  country: t.Optional(t.String({ maxLength: 2, description: "ISO 3166, to read a national number in" })),
});

export const codeAnswer = t.Object({ resendAfterMs: t.Integer() });

export const sessionRequest = t.Composite([
  codeRequest,
  t.Object({ code: t.String({ minLength: 1, maxLength: CODE_TYPED_MAX_CHARS, description: "As typed" }) }),
]);

export const sessionAnswer = t.Object({
  user: person,
  epoch: uuid,
});

export const me = t.Composite([
  profile,
  t.Object({
    phoneHint: t.String({ description: "Last two digits of the own number" }),
    role: t.Union([t.Literal("member"), t.Literal("admin")]),
    epoch: uuid,
    session: uuid,
  }),
]);

export const signedIn = t.Object({ me: t.Nullable(me, { description: "Null: nobody" }) });

export const sessionRows = t.Array(
  t.Object({
    id: uuid,
    device: t.String(),
    createdAt: epochMs,
    lastSeenAt: epochMs,
    current: t.Boolean(),
  }),
);

export const nothing = t.Void({ description: "Done; there is nothing to say" });

export const sessionParams = t.Object({ id: uuid });
