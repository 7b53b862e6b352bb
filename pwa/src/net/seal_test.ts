import { beforeEach, describe, expect, test } from "bun:test";
import type { SealOpened } from "#protocol/http.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import type { SealedRow } from "../db/schema.ts";
import type { Own } from "../db/sealed.ts";
import { createSeals } from "../testing/seals.ts";
import type { TestSeals } from "../testing/seals.ts";
import { composed } from "../testing/unsent.ts";
import { openSealed, sealOwn } from "./seal.ts";

const ALICE = "alice" as UserId;
const { subtle } = crypto;
const conversation = "c" as ConversationId;
const message = composed({ conversation, to: "bob" as UserId, text: "grüße नमस्ते 🙏", now: 7 });
const own: Own = {
  unsent: [{ ...message, order: 1 }],
  drafts: [{ conversation, text: "half a", changedAt: 7 }],
};

let server: TestSeals;

beforeEach(() => {
  server = createSeals();
});

async function secretFor({ seal }: SealedRow): Promise<string> {
  const body = JSON.stringify({ key: seal?.key, point: seal?.point });
  const opened = await server.open(new Request("http://localhost/", { method: "POST", body }));
  return ((await opened.json()) as SealOpened).secret;
}

describe("what is sealed", () => {
  test("opens with the secret that the server tells", async () => {
    const sealed = await sealOwn(own, { subtle, seal: server.key(), user: ALICE });
    expect(sealed).toMatchObject({ user: ALICE, messages: 1, drafts: 1, seal: { key: "k1" } });
    expect(await openSealed(sealed, { subtle, secret: await secretFor(sealed) })).toEqual(own);
  });

  test("shows nothing of what is in it, and never looks the same twice", async () => {
    const sealed = await sealOwn(own, { subtle, seal: server.key(), user: ALICE });
    const text = new TextDecoder().decode(sealed.body);
    for (const word of ["grüße", "half a", "bob"]) expect(text).not.toContain(word);
    const again = await sealOwn(own, { subtle, seal: server.key(), user: ALICE });
    expect(again.body).not.toEqual(sealed.body);
  });

  test("does not open with what another device shares, nor as another person's", async () => {
    const sealed = await sealOwn(own, { subtle, seal: server.key(), user: ALICE });
    const other = await sealOwn(own, { subtle, seal: server.key(), user: ALICE });
    expect(openSealed(sealed, { subtle, secret: await secretFor(other) })).rejects.toThrow();
    const moved = { ...sealed, user: "carol" as UserId };
    expect(openSealed(moved, { subtle, secret: await secretFor(sealed) })).rejects.toThrow();
  });
});

test("where the browser cannot seal, it is kept as it is", async () => {
  const sealed = await sealOwn(own, { subtle: null, seal: server.key(), user: ALICE });
  expect(sealed.seal).toBeNull();
  expect(await openSealed(sealed, { subtle: null, secret: null })).toEqual(own);
});
