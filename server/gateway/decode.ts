/** The one decoder of the wire: text in, a command or the reason why not out. Extra fields are ignored. */
import { Type } from "@sinclair/typebox";
import type { TSchema } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { TypeCheck } from "@sinclair/typebox/compiler";
import type { Command } from "#protocol/frames.ts";
import { EMOJI_MAX_CHARS, FRAME_MAX_BYTES } from "#protocol/limits.ts";

const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
const UUID_V7 = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
const BUILD_MAX_CHARS = 64;

const uuid = Type.String({ pattern: UUID });
const cid = Type.String({ pattern: UUID_V7 });
const position = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const revising = { cid, conversation: uuid, seq };

/** Shape of each command's fields. The type in `Command` is the truth; a test holds the two together. */
const SHAPES = {
  hello: Type.Object({
    protocol: Type.Integer(),
    build: Type.String({ maxLength: BUILD_MAX_CHARS }),
    epoch: Type.Union([uuid, Type.Null()]),
    cursor: position,
  }),
  "message.send": Type.Object({ cid, to: uuid, text: Type.String(), replyTo: Type.Optional(seq) }),
  "message.edit": Type.Object({ ...revising, text: Type.String() }),
  "message.delete": Type.Object({
    ...revising,
    for: Type.Union([Type.Literal("both"), Type.Literal("me")]),
  }),
  "message.react": Type.Object({
    ...revising,
    emoji: Type.Union([Type.String({ maxLength: EMOJI_MAX_CHARS }), Type.Null()]),
  }),
  "message.received": Type.Object({ cursor: position }),
  "message.read": Type.Object({ conversation: uuid, seq: position }),
  typing: Type.Object({ to: uuid }),
  presence: Type.Object({ state: Type.Union([Type.Literal("online"), Type.Literal("away")]) }),
  ping: Type.Object({ cursor: position }),
} satisfies Record<Command["type"], TSchema>;

const CHECKS = new Map<string, TypeCheck<TSchema>>(
  Object.entries(SHAPES).map(([type, shape]) => [type, TypeCompiler.Compile(shape as TSchema)]),
);

const isUuid = TypeCompiler.Compile(uuid);

/**
 * `unreadable` is no JSON object with a type, and ends the connection; the others are answered with `refused` (with the cid,
 * where there is one to name).
 */
export type Decoded =
  | { is: "command"; command: Command }
  | { is: "unreadable" }
  | { is: "refused"; code: "unknown_frame" | "bad_frame"; cid?: string };

export function decode(raw: string | Buffer): Decoded {
  if (typeof raw !== "string" || raw.length > FRAME_MAX_BYTES) return { is: "unreadable" };
  const frame = parse(raw);
  if (frame === null) return { is: "unreadable" };
  const check = CHECKS.get(frame.type);
  if (check === undefined) return { is: "refused", code: "unknown_frame" };
  const fits: boolean = check.Check(frame);
  if (fits) return { is: "command", command: frame as unknown as Command };
  return isUuid.Check(frame.cid)
    ? { is: "refused", code: "bad_frame", cid: frame.cid }
    : { is: "refused", code: "bad_frame" };
}

function parse(raw: string): { type: string; cid?: unknown } | null {
  try {
    const value: unknown = JSON.parse(raw);
    if (typeof value !== "object" || value === null || !("type" in value)) return null;
    return typeof value.type === "string" ? (value as { type: string }) : null;
  } catch {
    // Not JSON: the caller closes the connection with `badFrame`.
    return null;
  }
}
