/**
 * Bytes on a WebSocket that no client sends: frames of every kind in any order, cut, stretched and turned; texts that are nearly
 * commands, far too long or far too deep. The connection may end, with a code that says so; the instance and everybody else go on.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CLOSE } from "#protocol/close_codes.ts";
import { FRAME_MAX_BYTES, PROTOCOL } from "#protocol/limits.ts";
import { startTalk } from "./bystander.ts";
import { closeCodeIn, frame, openRawWebSocket } from "./raw_socket.ts";
import type { FrameOptions } from "./raw_socket.ts";
import { startTarget } from "./target.ts";
import type { Somebody, Target } from "./target.ts";

const RUNS = 300;
const SEED = 20_261_125;
/** More than one person may connect in a row. */
const ATTACKERS = 20;
const TOO_LARGE = 1009;
const PROTOCOL_ERROR = 1002;

const HELLO = { type: "hello", protocol: PROTOCOL, build: "9", epoch: null, cursor: 0 };
const COMMANDS = [
  HELLO,
  { type: "message.send", cid: "01926a3e-7c4b-7d1e-8a2f-0123456789ab", to: crypto.randomUUID(), text: "x" },
  { type: "message.received", cursor: 1 },
  { type: "message.read", conversation: crypto.randomUUID(), seq: 1 },
  { type: "typing", to: crypto.randomUUID() },
  { type: "presence", state: "away" },
  { type: "ping", cursor: 0 },
];

let target: Target;
let bystanders: readonly [Somebody, Somebody];
let attackers: Somebody[];
let turn = 0;

beforeAll(async () => {
  target = await startTarget({ name: "fuzzed" });
  const [alice, bob, ...others] = await target.people(2 + ATTACKERS);
  if (alice === undefined || bob === undefined) throw new Error("there are no bystanders");
  bystanders = [alice, bob];
  attackers = others;
});

afterAll(() => target[Symbol.asyncDispose]());

/** Says it on a connection of its own, hangs up, and tells with which code the server ended it, if it did. */
async function say(...pieces: Uint8Array[]): Promise<number | null> {
  const { cookie = "" } = attackers[turn++ % attackers.length] ?? {};
  const raw = await openRawWebSocket(target.url, cookie);
  for (const piece of pieces) raw.socket.write(piece);
  raw.socket.end();
  await raw.closed;
  return closeCodeIn(raw.received());
}

test("whatever bytes come, the instance goes on, and so do those who have nothing to do with it", async () => {
  const talk = await startTalk(target.url, bystanders);
  const mangled = fc
    .tuple(anyFrames(), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }))
    .map(([bytes, changes]) => {
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
  const bytes = fc.oneof(anyFrames(), mangled, fc.uint8Array({ maxLength: 2_000 }));
  const codes = new Set<number | null>();
  const property = fc.asyncProperty(fc.boolean(), bytes, async (greets, said) => {
    codes.add(await say(...(greets ? [frame(JSON.stringify(HELLO))] : []), said));
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(codes.size).toBeGreaterThan(2);
  // Never a fault of ours.
  expect(codes.has(CLOSE.fault)).toBe(false);
  expect((await talk.end()).length).toBeGreaterThan(0);
  expect(await (await fetch(`${target.url}/health/live`)).json()).toEqual({ live: true });
});

describe("what is too much ends the connection that said it", () => {
  const long = "x".repeat(FRAME_MAX_BYTES + 1);
  const half = "x".repeat(FRAME_MAX_BYTES / 2 + 1);

  test("a frame that is too long", async () => {
    expect(await say(frame(long))).toBe(TOO_LARGE);
  });

  test("one that only says that it is, however much", async () => {
    for (const length of [FRAME_MAX_BYTES + 1, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      expect([TOO_LARGE, PROTOCOL_ERROR, null]).toContain(await say(frame("x", { length })));
    }
  });

  test("a message in pieces that are too much together", async () => {
    const pieces = [frame(half, { fin: false }), frame(half, { opcode: 0 })];
    expect(await say(...pieces)).toBe(TOO_LARGE);
  });

  test("one in more pieces than it has letters", async () => {
    const empty = frame("", { fin: false, opcode: 0 });
    const pieces = [
      frame("", { fin: false }),
      ...Array.from({ length: 5_000 }, () => empty),
      frame("", { opcode: 0 }),
    ];
    expect(await say(Buffer.concat(pieces))).toBe(CLOSE.badFrame);
  });

  test("JSON that goes down and down", async () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const depth = Math.floor(FRAME_MAX_BYTES / (open.length + close.length)) - 10;
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      expect(await say(frame(deep))).toBe(CLOSE.badFrame);
      const inside = `{"type":"ping","cursor":0,"more":${deep.slice(0, FRAME_MAX_BYTES / 3)}}`;
      expect(await say(frame(inside))).toBe(CLOSE.badFrame);
    }
  });

  test("bytes, compressed frames, frames without a mask, and texts that are no UTF-8", async () => {
    expect(await say(frame(JSON.stringify(HELLO), { opcode: 2 }))).toBe(CLOSE.badFrame);
    for (const options of [{ reserved: 4 }, { masked: false }, { opcode: 5 }] satisfies FrameOptions[]) {
      expect([PROTOCOL_ERROR, 1006, null]).toContain(await say(frame(JSON.stringify(HELLO), options)));
    }
    expect(await say(frame(new Uint8Array([0xff, 0xfe, 0xc0])))).not.toBe(CLOSE.fault);
  });
});

/** Some frames in a row, of any kind, with what may be a command in them. */
function anyFrames(): fc.Arbitrary<Buffer> {
  const command = fc.constantFrom(...COMMANDS).map((one) => ({ ...one }) as Record<string, unknown>);
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1e308, "", "\0", "x".repeat(5_000), [], {}));
  const nearly = fc
    .tuple(
      command,
      fc.constantFrom("type", "cid", "to", "text", "cursor", "seq", "state", "epoch", "protocol"),
      odd,
    )
    .map(([value, name, other]) => JSON.stringify({ ...value, [name]: other }));
  const payload = fc.oneof(
    command.map((value) => JSON.stringify(value)),
    nearly,
    fc.json(),
    fc.string({ maxLength: 200 }),
  );
  const options = fc.record(
    {
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10, 3, 11),
      fin: fc.boolean(),
      reserved: fc.constantFrom(0, 0, 0, 4),
      masked: fc.constantFrom(true, true, true, false),
      length: fc.constantFrom(0, 125, 126, 65_535, 65_536),
    },
    { requiredKeys: [] },
  );
  const one = fc.tuple(payload, fc.option(options, { freq: 2 })).map(([text, how]) => frame(text, how ?? {}));
  return fc.array(one, { minLength: 1, maxLength: 8 }).map((frames) => Buffer.concat(frames));
}
