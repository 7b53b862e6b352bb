import { afterAll, beforeAll, expect, test } from "bun:test";
import { createECDH } from "node:crypto";
import type { SealKey } from "#protocol/http.ts";
import { openDoor } from "../testing/door.ts";
import type { Door } from "../testing/door.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";

let database: TestDatabase;
let door: Door;

beforeAll(async () => {
  database = await testDatabase();
  door = openDoor({ db: database.db, clock: Date.now });
});

afterAll(async () => {
  await door.close();
  await database.close();
});

async function signedIn(name: string) {
  const { phone } = await door.addPerson(name);
  const browser = door.browser();
  await door.signIn(browser, phone);
  return browser;
}

test("who signs in again opens what was sealed for them; who else signs in does not; who does not is refused", async () => {
  const ann = await signedIn("Ann");
  const own = createECDH("prime256v1");
  own.generateKeys();
  const { key, point } = (await ann.get("/api/seal")).body as SealKey;
  const opening = { key, point: own.getPublicKey("base64url") };
  const secret = own.computeSecret(point, "base64url", "base64url");
  const opened = await ann.post("/api/seal/open", opening);
  expect([opened.status, opened.body]).toEqual([200, { secret }]);
  const ben = await signedIn("Ben");
  expect((await ben.post("/api/seal/open", opening)).body).not.toEqual({ secret });
  const stranger = door.browser();
  expect((await stranger.get("/api/seal")).status).toBe(401);
  expect((await stranger.post("/api/seal/open", opening)).status).toBe(401);
});

test("a seal that is in no form is refused", async () => {
  const ann = await signedIn("Ann");
  expect((await ann.post("/api/seal/open", { key: "k1", point: "short" })).status).toBe(400);
});
