import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Invite, JoinRequest } from "#protocol/http.ts";
import type { InviteId } from "#protocol/ids.ts";
import { INVITE_TTL_MS } from "#protocol/limits.ts";
import { setAppScene } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import { useInvites } from "./invites.ts";
import { useSession } from "./session.ts";

const TOKEN = "t".repeat(43);

let scene: Scene;
/** What the server has, newest first. */
let open: Invite[];
/** Bodies of what was asked, by path. */
let asked: [path: string, body: unknown][];

beforeEach(async () => {
  scene = setAppScene();
  open = [];
  asked = [];
  scene.server.answers = (request) => {
    const { pathname } = new URL(request.url);
    return pathname.startsWith("/api/invites") ? answer(request, pathname) : null;
  };
  scene.open();
  await useSession().restore();
});

afterEach(() => scene.close());

async function answer(request: Request, pathname: string): Promise<Response> {
  if (request.method === "GET") return Response.json(open);
  if (request.method === "DELETE") {
    const left = open.filter(({ id }) => !pathname.endsWith(id));
    const found = left.length < open.length;
    open = left;
    return found ? new Response(null, { status: 204 }) : refused(404, "not_found");
  }
  if (pathname === "/api/invites") {
    const invite = { id: `i${open.length}` as InviteId, createdAt: 1, expiresAt: 1 + INVITE_TTL_MS };
    open = [invite, ...open];
    return Response.json({ ...invite, token: TOKEN }, { status: 201 });
  }
  const body = (await request.json()) as { token: string };
  asked.push([pathname, body]);
  return body.token === TOKEN ? Response.json({ name: "Ann", hue: 7 }) : refused(404, "no_invite");
}

function refused(status: number, code: string): Response {
  return Response.json({ code, message: "No." }, { status });
}

test("an invite that was made is listed, and its link is there until the person leaves it", async () => {
  const invites = useInvites();
  expect(invites.list).toBeNull();
  await invites.make();
  expect(invites.fresh).toMatchObject({ id: "i0", token: TOKEN });
  expect(invites.list?.map(({ id }) => id)).toEqual(["i0" as InviteId]);
  invites.forget();
  expect(invites.fresh).toBeNull();
  expect(JSON.stringify(invites.list)).not.toContain(TOKEN);
});

test("revoking takes it from the list, its link too, and one that was used meanwhile is no trouble", async () => {
  const invites = useInvites();
  await invites.make();
  await invites.make();
  open = open.filter(({ id }) => id !== "i0");
  await invites.revoke("i0" as InviteId);
  expect(invites.list?.map(({ id }) => id)).toEqual(["i1" as InviteId]);
  expect(invites.fresh).not.toBeNull();
  await invites.revoke("i1" as InviteId);
  expect([invites.list, invites.fresh]).toEqual([[], null]);
  scene.server.down = true;
  await expect(invites.revoke("i1" as InviteId)).rejects.toMatchObject({ code: "unreachable" });
});

test("one that was made is known as used once a question after that does not find it", async () => {
  const invites = useInvites();
  const before = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  async function slowly(request: Request, pathname: string): Promise<Response> {
    const answered = await answer(request, pathname);
    if (request.method !== "GET") return answered;
    first.resolve();
    if (open.length === 0) await before.promise;
    return answered;
  }
  scene.server.answers = (request) => {
    const { pathname } = new URL(request.url);
    return pathname.startsWith("/api/invites") ? slowly(request, pathname) : null;
  };
  // Asked before it is made, and answered after.
  const looking = invites.lookAgain();
  await first.promise;
  await invites.make();
  before.resolve();
  expect(await looking).toBe(false);
  expect(invites.fresh?.id).toBe("i0" as InviteId);
  expect(invites.list?.map(({ id }) => id)).toEqual(["i0" as InviteId]);
  expect(await invites.lookAgain()).toBe(false);
  open = [];
  expect(await invites.lookAgain()).toBe(true);
  expect([invites.list, invites.fresh]).toEqual([[], null]);
});

test("a link is looked at by its token, which goes in the body and in no address", async () => {
  const invites = useInvites();
  expect(await invites.look(TOKEN)).toEqual({ name: "Ann", hue: 7 });
  await expect(invites.look("forged")).rejects.toMatchObject({ code: "no_invite" });
  expect(asked).toEqual([
    ["/api/invites/look", { token: TOKEN }],
    ["/api/invites/look", { token: "forged" }],
  ]);
});

test("who joins is signed in on this device", async () => {
  const session = useSession();
  await session.signOut();
  expect(session.state).toBe("signedOut");
  const join: JoinRequest = { token: TOKEN, name: "Zoe", phone: "+1", email: "z@x.org", code: "123456" };
  await session.join(join);
  expect(session.state).toBe("signedIn");
  expect(scene.server.joined).toEqual(join);
});
