import { afterEach, beforeEach, expect, test } from "bun:test";
import type { AdminPerson, AuditEntry } from "#protocol/admin.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { setAppScene } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import { useAdmin } from "./admin.ts";

const ANN = "ann" as UserId;
const PAGE = 2;

let { server, open, close } = {} as Scene;
/** Every request, as "METHOD path", and its body. */
let asked: [string, unknown][];
let people: AdminPerson[];
let entries: AuditEntry[];

beforeEach(() => {
  ({ server, open, close } = setAppScene());
  server.answers = answer;
  open();
  asked = [];
  people = ["ann", "ben", "cat"].map(personNamed);
  entries = [3, 2, 1].map(entryOf);
});

afterEach(() => close());

/** Pages of two, and 204 to whatever acts. */
async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const path = pathname.replace("/api/admin/", "");
  const body = request.method === "POST" ? await request.text() : "";
  asked.push([`${request.method} ${path}`, body === "" ? null : JSON.parse(body)]);
  if (path === "people" && request.method === "POST") {
    people = [...people, personNamed("zoe")];
    return Response.json({ id: "zoe" }, { status: 201 });
  }
  if (path === "people") {
    const from = people.findIndex(({ id }) => id === searchParams.get("after")) + 1;
    return Response.json({ people: people.slice(from, from + PAGE), more: people.length > from + PAGE });
  }
  if (path === "audit") {
    const before = Number(searchParams.get("before") ?? Number.POSITIVE_INFINITY);
    const older = entries.filter(({ number }) => number < before);
    return Response.json({ entries: older.slice(0, PAGE), more: older.length > PAGE });
  }
  if (path === "system") return Response.json({ now: 1, people: { active: 3, suspended: 0 } });
  if (request.method === "GET") return Response.json([{ id: "session", device: "Chrome on Linux" }]);
  return new Response(null, { status: 204 });
}

test("people and the audit come a page at a time", async () => {
  const admin = useAdmin();
  expect([admin.people, admin.audit, admin.system]).toEqual([null, null, null]);
  await admin.loadPeople();
  expect([namesOf(admin.people), admin.morePeople]).toEqual([["ann", "ben"], true]);
  await admin.loadPeople({ further: true });
  expect([namesOf(admin.people), admin.morePeople]).toEqual([["ann", "ben", "cat"], false]);
  await admin.loadAudit();
  await admin.loadAudit({ further: true });
  expect([admin.audit?.map(({ number }) => number), admin.moreAudit]).toEqual([[3, 2, 1], false]);
  await admin.loadSystem();
  expect(admin.system?.people.active).toBe(3);
});

test("who was added is in the list; who was suspended shows it, and not when they are back", async () => {
  const admin = useAdmin();
  await admin.loadPeople();
  const zoe = { name: "Zoe", phone: "+12025550101", email: "zoe@example.org" };
  await admin.add(zoe);
  expect(asked).toContainEqual(["POST people", zoe]);
  await admin.loadPeople({ further: true });
  expect(namesOf(admin.people)).toContain("zoe");
  await admin.suspend(ANN);
  expect(admin.people?.[0]?.suspendedAt).toBeNumber();
  await admin.unsuspend(ANN);
  expect(admin.people?.[0]?.suspendedAt).toBeNull();
  expect(asked.map(([what]) => what)).toEqual(
    expect.arrayContaining(["POST people/ann/suspend", "POST people/ann/unsuspend"]),
  );
});

test("sessions are looked at, and ended one by one or all; a code is reset", async () => {
  const admin = useAdmin();
  expect(await admin.sessionsOf(ANN)).toMatchObject([{ device: "Chrome on Linux" }]);
  await admin.endSessions(ANN, "session" as SessionId);
  await admin.endSessions(ANN);
  await admin.reset(ANN);
  expect(asked.map(([what]) => what)).toEqual([
    "GET people/ann/sessions",
    "DELETE people/ann/sessions/session",
    "DELETE people/ann/sessions",
    "POST people/ann/reset",
  ]);
});

test("what the server refuses is thrown, and what was loaded stays", async () => {
  const admin = useAdmin();
  await admin.loadPeople();
  server.answers = () =>
    Response.json({ code: "not_found", message: "There is nothing here." }, { status: 404 });
  await expect(admin.suspend(ANN)).rejects.toMatchObject({ code: "not_found" });
  await expect(admin.loadPeople()).rejects.toMatchObject({ code: "not_found" });
  expect(namesOf(admin.people)).toEqual(["ann", "ben"]);
  expect(admin.people?.[0]?.suspendedAt).toBeNull();
});

function personNamed(name: string): AdminPerson {
  return {
    id: name as UserId,
    name,
    phoneHint: "01",
    role: "member",
    createdAt: 1,
    signedInAt: null,
    suspendedAt: null,
  };
}

function entryOf(number: number): AuditEntry {
  return { number, at: number, actor: null, terminal: "root", act: "user.add", subject: null, detail: {} };
}

function namesOf(list: readonly AdminPerson[] | null): string[] {
  return (list ?? []).map(({ name }) => name);
}
