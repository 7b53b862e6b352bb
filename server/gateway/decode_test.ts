import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Command } from "#protocol/frames.ts";
import type { Cid, ConversationId, Epoch, UserId } from "#protocol/ids.ts";
import { FRAME_MAX_BYTES } from "#protocol/limits.ts";
import { anyCharacter } from "../testing/json_schema.ts";
import { decode } from "./decode.ts";

const USER = "6f1c0a2e-3f60-4c55-9f9e-0b8a3a0c1d2e";
const CID = "01926a3e-7c4b-7d1e-8a2f-0123456789ab";

const MESSAGE = { cid: CID as Cid, conversation: USER as ConversationId, seq: 3 };

/** One of each: a command that the decoder does not know would fail to compile or to decode. */
const COMMANDS: { [Type in Command["type"]]: Extract<Command, { type: Type }> } = {
  hello: { type: "hello", protocol: 1, build: "2026-11-22T10:00:00Z", epoch: USER as Epoch, cursor: 0 },
  "message.send": { type: "message.send", cid: CID as Cid, to: USER as UserId, text: "hello" },
  "message.edit": { type: "message.edit", ...MESSAGE, text: "hello you" },
  "message.delete": { type: "message.delete", ...MESSAGE, for: "both" },
  "message.react": { type: "message.react", ...MESSAGE, emoji: "👍" },
  "message.received": { type: "message.received", cursor: 3 },
  "message.read": { type: "message.read", conversation: USER as ConversationId, seq: 3 },
  typing: { type: "typing", to: USER as UserId },
  presence: { type: "presence", state: "away" },
  ping: { type: "ping", cursor: 3 },
};

describe("decode", () => {
  test.each(Object.values(COMMANDS))("reads $type as it was written", (command) => {
    expect(decode(JSON.stringify(command))).toEqual({ is: "command", command });
  });

  test("reads a hello of a device that has nothing yet", () => {
    const hello = { ...COMMANDS.hello, epoch: null };
    expect(decode(JSON.stringify(hello))).toEqual({ is: "command", command: hello });
  });

  test("reads a send that answers a message, and a reaction that is taken back", () => {
    const reply = { ...COMMANDS["message.send"], replyTo: 3 };
    expect(decode(JSON.stringify(reply))).toEqual({ is: "command", command: reply });
    const none = { ...COMMANDS["message.react"], emoji: null };
    expect(decode(JSON.stringify(none))).toEqual({ is: "command", command: none });
  });

  test("refuses a revision of no message, and one that is for nobody", () => {
    const refused = { is: "refused", code: "bad_frame", cid: CID } as const;
    expect(decode(JSON.stringify({ ...COMMANDS["message.edit"], seq: 0 }))).toEqual(refused);
    expect(decode(JSON.stringify({ ...COMMANDS["message.delete"], for: "them" }))).toEqual(refused);
    expect(decode(JSON.stringify({ ...COMMANDS["message.react"], emoji: "👍".repeat(99) }))).toEqual(refused);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[1]"],
    ["null", "null"],
    ["no type", "{}"],
    ["a type that is no word", '{"type":1}'],
    ["more than a frame", `{"type":"${"x".repeat(FRAME_MAX_BYTES)}"}`],
  ])("calls %s unreadable", (_what, raw) => {
    expect(decode(raw)).toEqual({ is: "unreadable" });
  });

  test("calls bytes unreadable", () => {
    expect(decode(Buffer.from(JSON.stringify(COMMANDS.ping)))).toEqual({ is: "unreadable" });
  });

  test("refuses a type that it does not know, even one that every object has", () => {
    expect(decode('{"type":"message.shout"}')).toEqual({ is: "refused", code: "unknown_frame" });
    expect(decode('{"type":"constructor"}')).toEqual({ is: "refused", code: "unknown_frame" });
  });

  test("refuses a send with a field that does not fit, and names its cid where there is one", () => {
    const noText = { type: "message.send", cid: CID, to: USER };
    expect(decode(JSON.stringify(noText))).toEqual({ is: "refused", code: "bad_frame", cid: CID });
    const notV7 = { ...COMMANDS["message.send"], cid: USER };
    expect(decode(JSON.stringify(notV7))).toEqual({ is: "refused", code: "bad_frame", cid: USER });
    const noId = { ...COMMANDS["message.send"], cid: "x" };
    expect(decode(JSON.stringify(noId))).toEqual({ is: "refused", code: "bad_frame" });
  });

  test("refuses cursors that are no cursors", () => {
    for (const cursor of [-1, 1.5, "3", null, 2 ** 60]) {
      expect(decode(JSON.stringify({ type: "ping", cursor }))).toEqual({ is: "refused", code: "bad_frame" });
    }
  });
});

describe("decode, whatever comes", () => {
  const anyText = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.json(),
    fc.constantFrom("[".repeat(8_000), '{"type":'.repeat(2_000), '{"type":"ping","cursor":1e999}', "\ud800"),
  );
  const fields = fc.constantFrom(
    "type",
    "cid",
    "to",
    "text",
    "cursor",
    "seq",
    "conversation",
    "state",
    "build",
  );
  const nearly = fc
    .tuple(fc.constantFrom(...Object.values(COMMANDS)), fields, fc.jsonValue())
    .map(([command, field, value]) => JSON.stringify({ ...command, [field]: value }));

  test("says one of three things, and calls a command only what is one", () => {
    const known = new Set<string>(Object.keys(COMMANDS));
    const property = fc.property(fc.oneof(anyText, nearly), (text) => {
      const decoded = decode(text);
      if (decoded.is !== "command") return expect(["unreadable", "refused"]).toContain(decoded.is);
      expect(known.has(decoded.command.type)).toBe(true);
      expect(decode(JSON.stringify(decoded.command))).toEqual(decoded);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
