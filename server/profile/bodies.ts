/** Schemas of what a person says of themselves. */
import { t } from "elysia";
import { hue, person, typedName } from "../contacts/bodies.ts";

export const profile = t.Composite([
  person,
  t.Object({
    showsPresence: t.Boolean({
      description: "When I am here, was last, and type. Who does not show does not see",
    }),
    sendsReceipts: t.Boolean({ description: "That I have read. Who does not send does not see" }),
  }),
]);

export const profileChange = t.Object({
  name: t.Optional(typedName),
  hue: t.Optional(hue),
  showsPresence: t.Optional(t.Boolean()),
  sendsReceipts: t.Optional(t.Boolean()),
});
