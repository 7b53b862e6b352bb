/** Schemas of people as others see them, and of what is settled about them. */
import { t } from "elysia";
import { NAME_MAX_CHARS } from "#protocol/limits.ts";

const uuid = t.String({ format: "uuid" });

export const hue = t.Nullable(
  t.Integer({ minimum: 0, maximum: 359, description: "Degrees; null: from the id" }),
);

export const person = t.Object({ id: uuid, name: t.String(), hue });

export const dealings = t.Object({
  alias: t.Nullable(t.String({ description: "What the owner calls them; null: by their own name" })),
  muted: t.Boolean(),
  standing: t.Union([
    t.Literal("contact"),
    t.Literal("blocked"),
    t.Literal("ended"),
    t.Literal("removed"),
    t.Literal("deleted"),
  ]),
});

export const contact = t.Composite([person, dealings, t.Object({ conversation: uuid })]);

export const contactParams = t.Object({ id: uuid });

/** Room for what cleaning takes away. */
const TYPED_MAX_CHARS = 2 * NAME_MAX_CHARS;

export const typedName = t.String({ maxLength: TYPED_MAX_CHARS });

export const contactChange = t.Object({
  alias: t.Optional(t.Nullable(typedName)),
  muted: t.Optional(t.Boolean()),
  blocked: t.Optional(t.Boolean()),
});
