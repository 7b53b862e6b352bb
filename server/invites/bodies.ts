/** Schemas of the bodies of `protocol/http.ts` that invites take and give. */
import { t } from "elysia";
import { codeRequest, sessionRequest } from "../auth/bodies.ts";
import { hue, typedName } from "../contacts/bodies.ts";

const uuid = t.String({ format: "uuid" });
const epochMs = t.Integer({ description: "Milliseconds since 1970 UTC" });
/** Longest address that anybody types. */
const EMAIL_TYPED_MAX_CHARS = 320;
/** Of any length that a token might be taken for: a forged one is answered as any other that opens nothing. */
const TOKEN_MAX_CHARS = 100;

const token = t.String({ maxLength: TOKEN_MAX_CHARS, description: "From the link, behind the #" });
const email = t.String({ minLength: 1, maxLength: EMAIL_TYPED_MAX_CHARS, description: "As typed" });

export const invite = t.Object({ id: uuid, createdAt: epochMs, expiresAt: epochMs });

export const newInvite = t.Composite([invite, t.Object({ token: t.String() })]);

export const inviteParams = t.Object({ id: uuid });

export const inviteShown = t.Object({ token });

export const inviter = t.Object({ name: t.String(), hue });

export const joinCodeRequest = t.Composite([codeRequest, t.Object({ token, email })]);

export const joinRequest = t.Composite([sessionRequest, t.Object({ token, email, name: typedName })]);
