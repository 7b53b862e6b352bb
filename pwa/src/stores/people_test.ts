import { afterEach, beforeEach, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import { storesOf } from "../testing/stores.ts";
import { openTab } from "../testing/tab.ts";
import type { TestTab } from "../testing/tab.ts";
import { borrowTime } from "../testing/time.ts";
import { usePeople } from "./people.ts";
import { useSession } from "./session.ts";

let log: Log;
let server: TestServer;
let tab: TestTab;
/** What was asked about contacts. */
let asked: [method: string, id: string, body: unknown][];

beforeEach(async () => {
  const time = borrowTime();
  log = createLog({ now: time.now });
  server = startServer(log);
  asked = [];
  server.answers = (request) => {
    const id = /^\/api\/contacts\/(.+)$/.exec(new URL(request.url).pathname)?.[1];
    return id === undefined ? null : answer(request, id);
  };
  tab = openTab({ server, time });
  storesOf(tab);
  await useSession().restore();
});

afterEach(async () => {
  await tab.close();
  await server.stop();
});

/** As the server does: what comes of it is told as an event. */
async function answer(request: Request, id: string): Promise<Response> {
  const body = request.method === "PATCH" ? await request.json() : null;
  asked.push([request.method, id, body]);
  log.settle(id as UserId, request.method === "PATCH" ? body : { standing: "removed" });
  server.deliver();
  return request.method === "PATCH" ? Response.json({ id }) : new Response(null, { status: 204 });
}

function names(): string[] {
  return usePeople().list.map(({ name }) => name);
}

test("people are listed by the names that one has for them, and who is a contact no more is not among them", async () => {
  const [zoe, ann, ben] = ["Zoe", "ann", "Ben"].map((name) => log.meet(name).person.id) as [
    UserId,
    UserId,
    UserId,
  ];
  const people = usePeople();
  await tab.live();
  await tab.until(() => names().length === 3);
  expect(people.loaded).toBe(true);
  expect(names()).toEqual(["ann", "Ben", "Zoe"]);
  await people.change(zoe, { alias: "Aunt Zoe" });
  await tab.until(() => people.byId(zoe)?.alias === "Aunt Zoe");
  expect(names()).toEqual(["ann", "Aunt Zoe", "Ben"]);
  log.settle(ben, { standing: "ended" });
  server.deliver();
  await tab.until(() => names().length === 2);
  await people.remove(ann);
  await tab.until(() => names().length === 1);
  expect(names()).toEqual(["Aunt Zoe"]);
  expect(asked).toEqual([
    ["PATCH", zoe, { alias: "Aunt Zoe" }],
    ["DELETE", ann, null],
  ]);
});

test("somebody whom the server does not know as a contact stays as they are, and the person is told", async () => {
  const ann = log.meet("Ann").person.id;
  const people = usePeople();
  await tab.live();
  await tab.until(() => names().length === 1);
  server.answers = () =>
    Response.json({ code: "not_found", message: "There is nothing here." }, { status: 404 });
  await expect(people.change(ann, { muted: true })).rejects.toMatchObject({ code: "not_found" });
  await expect(people.remove(ann)).rejects.toMatchObject({ code: "not_found" });
  expect(people.byId(ann)).toMatchObject({ name: "Ann", muted: false });
  expect(people.byId("nobody")).toBeUndefined();
});
