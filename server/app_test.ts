import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { AuditPage, SystemReport } from "#protocol/admin.ts";
import { CLOSE } from "#protocol/close_codes.ts";
import type { NewInvite, SessionAnswer, SessionRow, Snapshot } from "#protocol/http.ts";
import { connectClient } from "./testing/client.ts";
import type { WireClient } from "./testing/client.ts";
import { newCid } from "./testing/people.ts";
import { greets } from "./testing/scene.ts";
import { cookieOf, newestCode, newPhone, post, signIn, signInAs, startStack } from "./testing/stack.ts";
import type { SignedInPerson, Stack, StackKind } from "./testing/stack.ts";

describe.each<StackKind>(["embedded", "full"])("the %s stack", (kind) => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack(kind);
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  test("says which adapter was chosen for what", () => {
    const { chosen } = stack.apps[0] ?? {};
    const expected = kind === "embedded" ? "embedded" : expect.stringMatching(/^[A-Z_]+$/);
    expect(chosen).toEqual({ postgres: expected, store: expected, bus: expected, mail: expected });
  });

  test("carries a message from one person to the other and back, with its ticks", async () => {
    const { alice, bob, toAlice, toBob } = await twoPeople();
    const cid = newCid();
    toAlice.say({ type: "message.send", cid, to: bob.id, text: "hello" });
    const ack = await toAlice.next("ack");
    expect(ack).toMatchObject({ cid, seq: 1, duplicate: false });
    const event = await toBob.next("event", (frame) => frame.kind === "message");
    expect(event).toMatchObject({ cid, from: alice.id, text: "hello", seq: 1, sentAt: ack.sentAt });
    expect(await toAlice.next("event", (frame) => frame.cursor === ack.cursor)).toMatchObject({ cid });

    toBob.say({ type: "message.received", cursor: event.cursor });
    const delivered = await toAlice.next("event", (frame) => frame.kind === "mark");
    expect(delivered).toMatchObject({ mark: "delivered", user: bob.id, seq: 1 });
    toBob.say({ type: "message.read", conversation: ack.conversation, seq: 1 });
    const read = await toAlice.next("event", (frame) => frame.kind === "mark");
    expect(read).toMatchObject({ mark: "read", user: bob.id, seq: 1 });
  });

  test("keeps the order of many sends that were not waited for", async () => {
    const { bob, toAlice, toBob } = await twoPeople();
    const texts = Array.from({ length: 30 }, (_, n) => `line ${n}`);
    for (const text of texts) toAlice.say({ type: "message.send", cid: newCid(), to: bob.id, text });
    await toAlice.next("ack", (frame) => frame.seq === texts.length);
    await toBob.next("event", (frame) => frame.kind === "message" && frame.text === texts.at(-1));
    const messages = toBob.frames.flatMap((frame) =>
      frame.type === "event" && frame.kind === "message" ? [frame] : [],
    );
    const inOrder = messages.toSorted((a, b) => a.cursor - b.cursor);
    expect(inOrder.map((message) => message.text)).toEqual(texts);
    const acks = toAlice.frames.flatMap((frame) => (frame.type === "ack" ? [frame.seq] : []));
    expect(acks).toEqual(texts.map((_, n) => n + 1));
  });

  test("answers a repeated send with the first answer", async () => {
    const { bob, toAlice } = await twoPeople();
    const send = { type: "message.send", cid: newCid(), to: bob.id, text: "once" } as const;
    toAlice.say(send);
    const first = await toAlice.next("ack");
    toAlice.say(send);
    expect(await toAlice.next("ack")).toEqual({ ...first, duplicate: true });
    toAlice.say({ ...send, text: "twice" });
    expect(await toAlice.next("refused")).toEqual({ type: "refused", cid: send.cid, code: "cid_conflict" });
  });

  test("carries replies, edits, reactions and deletions, and answers a repeat with how things are", async () => {
    const { alice, bob, toAlice, toBob } = await twoPeople();
    toAlice.say({ type: "message.send", cid: newCid(), to: bob.id, text: "hello" });
    const { conversation, seq } = await toAlice.next("ack");
    toBob.say({ type: "message.send", cid: newCid(), to: alice.id, text: "hi", replyTo: seq });
    const reply = await toAlice.next("event", (frame) => frame.kind === "message" && frame.text === "hi");
    expect(reply).toMatchObject({ replyTo: seq });

    const edit = { type: "message.edit", cid: newCid(), conversation, seq, text: "hello you" } as const;
    toAlice.say(edit);
    const revised = await toAlice.next("revised");
    expect(revised).toMatchObject({
      cid: edit.cid,
      duplicate: false,
      message: { text: "hello you", revision: 1 },
    });
    const told = await toBob.next("event", (frame) => frame.kind === "revision");
    expect(told).toMatchObject({ seq, by: alice.id, message: revised.message });

    toBob.say({ type: "message.react", cid: newCid(), conversation, seq, emoji: "👍" });
    const reacted = await toAlice.next("event", (frame) => frame.kind === "revision" && frame.by === bob.id);
    expect(reacted).toMatchObject({ message: { reactions: [{ from: bob.id, emoji: "👍" }] } });
    toAlice.say(edit);
    expect(await toAlice.next("revised")).toMatchObject({ duplicate: true, message: { revision: 2 } });

    toBob.say({ type: "message.delete", cid: edit.cid, conversation, seq, for: "both" });
    expect(await toBob.next("refused")).toEqual({ type: "refused", cid: edit.cid, code: "not_yours" });
    toAlice.say({ type: "message.delete", cid: newCid(), conversation, seq, for: "both" });
    const gone = await toBob.next(
      "event",
      (frame) => frame.kind === "revision" && frame.message?.deletedAt !== undefined,
    );
    expect(gone).toMatchObject({ message: { text: "", revision: 3 } });
  });

  test("lets somebody in by an invite, asked on one instance and taken on the other, and tells the inviter", async () => {
    const [here, there] = stack.urls;
    const ann = await signInAs(stack, { name: "ann", phone: newPhone(), url: here });
    const toAnn = await greets(ann);
    const made = await post(`${here}/api/invites`, { body: {}, cookie: ann.cookie });
    const { token } = (await made.json()) as NewInvite;
    const looked = await post(`${there}/api/invites/look`, { body: { token } });
    expect(await looked.json()).toEqual({ name: "ann", hue: null });
    const phone = newPhone();
    const who = { token, phone, email: `zoe-${phone.slice(1)}@example.org` };
    const since = Date.now();
    const asked = await post(`${here}/api/invites/code`, { body: who });
    expect(asked.status).toBe(202);
    const code = await newestCode(stack, { phone, since });
    const join = { body: { ...who, name: "Zoe", code }, cookie: cookieOf(asked) };
    const joined = await post(`${there}/api/invites/join`, join);
    expect(joined.status).toBe(201);
    const { user, epoch } = (await joined.json()) as SessionAnswer;
    const event = await toAnn.next("event", (frame) => frame.kind === "contact");
    expect(event).toMatchObject({ contact: { id: user.id, name: "Zoe", standing: "contact" } });
    // The session holds everywhere, and the two can talk.
    const toZoe = await greets({ id: user.id, phone, epoch, cookie: cookieOf(joined), url: here });
    toZoe.say({ type: "message.send", cid: newCid(), to: ann.id, text: "here I am" });
    await toAnn.next("event", (frame) => frame.kind === "message" && frame.text === "here I am");
    const again = await post(`${there}/api/invites/look`, { body: { token } });
    expect([again.status, await again.json()]).toMatchObject([404, { code: "no_invite" }]);
  });

  test("takes a revision at the second door too, and tells when an own message arrived", async () => {
    const { alice, bob, toAlice, toBob } = await twoPeople();
    toAlice.say({ type: "message.send", cid: newCid(), to: bob.id, text: "hello" });
    const { conversation, seq, sentAt } = await toAlice.next("ack");
    const { cookie } = bob;
    const react = { type: "message.react", cid: newCid(), conversation, seq, emoji: "❤️" };
    const answer = await post(`${bob.url}/api/revisions`, { body: react, cookie });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { cid: react.cid, duplicate: false, message: { text: "hello", reactions: [{ emoji: "❤️" }] } },
    ]);
    const late = await post(`${bob.url}/api/revisions`, { body: { ...react, seq: seq + 1 }, cookie });
    expect([late.status, await late.json()]).toMatchObject([404, { code: "no_message" }]);
    const page = await fetch(`${alice.url}/api/conversations/${conversation}/messages`, {
      headers: { cookie: alice.cookie },
    });
    expect(await page.json()).toMatchObject({ messages: [{ reactions: [{ from: bob.id, emoji: "❤️" }] }] });

    toBob.say({
      type: "message.received",
      cursor: (await toBob.next("event", ({ kind }) => kind === "message")).cursor,
    });
    await toAlice.next("event", (frame) => frame.kind === "mark");
    const times = await fetch(`${alice.url}/api/conversations/${conversation}/messages/${seq}/times`, {
      headers: { cookie: alice.cookie },
    });
    expect(await times.json()).toEqual({ sentAt, deliveredAt: expect.any(Number), readAt: null });
  });

  test("resumes from a cursor with exactly what was missed", async () => {
    const { alice, bob, toAlice, toBob } = await twoPeople();
    const before = await toBob.welcome;
    toBob.close();
    await toBob.closed;
    for (const text of ["one", "two", "three"]) {
      toAlice.say({ type: "message.send", cid: newCid(), to: bob.id, text });
      await toAlice.next("ack");
    }
    const again = await connectClient(bob.url, bob);
    again.hello({ epoch: bob.epoch, cursor: before.cursor });
    const welcome = await again.welcome;
    expect(welcome.cursor).toBe(before.cursor + 3);
    // Repeats may come too, from the bus, and in between: a client drops them by cursor.
    for (const [n, text] of ["one", "two", "three"].entries()) {
      const event = await again.next("event", (frame) => frame.cursor === before.cursor + n + 1);
      expect(event).toMatchObject({ text, from: alice.id });
    }
  });

  test("sends a device that has another epoch, or is ahead, to the snapshot", async () => {
    const { bob } = await twoPeople();
    const socket = await connectClient(bob.url, bob);
    socket.hello({ epoch: null, cursor: 0 });
    expect(await socket.next("resync")).toEqual({ type: "resync", reason: "epoch" });
    socket.hello({ epoch: bob.epoch, cursor: 1_000 });
    expect(await socket.next("resync")).toEqual({ type: "resync", reason: "ahead" });
    const snapshot = await fetch(`${bob.url}/api/snapshot`, { headers: { cookie: bob.cookie } });
    expect(await snapshot.json()).toMatchObject({ epoch: bob.epoch, me: { id: bob.id } });
  });

  test("refuses a stranger's message, and tells nobody", async () => {
    const { bob, toBob } = await twoPeople();
    const eve = await signInAs(stack, { name: "eve", phone: newPhone(), url: stack.urls[0] });
    const toEve = await connectClient(eve.url, eve);
    toEve.hello({ epoch: eve.epoch });
    const cid = newCid();
    toEve.say({ type: "message.send", cid, to: bob.id, text: "psst" });
    expect(await toEve.next("refused")).toEqual({ type: "refused", cid, code: "not_a_contact" });
    toBob.say({ type: "ping", cursor: 0 });
    await toBob.next("pong");
    expect(toBob.frames.filter((frame) => frame.type === "event" && frame.kind === "message")).toEqual([]);
  });

  test("tells presence to contacts: online at once, away when the device says so", async () => {
    const { alice, toAlice, toBob } = await twoPeople();
    await toBob.next("presence", (frame) => frame.user === alice.id && frame.state === "online");
    toAlice.say({ type: "presence", state: "away" });
    const away = await toBob.next("presence", (frame) => frame.state === "away");
    expect(away.user).toBe(alice.id);
  });

  test("tells typing to the contact it is for, once in three seconds or until a message", async () => {
    const { alice, bob, toAlice, toBob } = await twoPeople();
    toAlice.say({ type: "typing", to: bob.id });
    toAlice.say({ type: "typing", to: bob.id });
    expect(await toBob.next("typing")).toEqual({ type: "typing", from: alice.id, ttlMs: 6_000 });
    toAlice.say({ type: "message.send", cid: newCid(), to: bob.id, text: "done" });
    await toBob.next("event", (frame) => frame.kind === "message");
    expect(toBob.frames.filter((frame) => frame.type === "typing")).toHaveLength(1);
    // The message ended the notice, so typing again is told again.
    toAlice.say({ type: "typing", to: bob.id });
    expect(await toBob.next("typing")).toMatchObject({ from: alice.id });
  });

  test("sign-out closes every socket of that session, and no other", async () => {
    const { alice, toAlice, toBob } = await twoPeople();
    const [, second] = stack.urls;
    const elsewhere = await connectClient(second, { cookie: alice.cookie });
    elsewhere.hello({ epoch: alice.epoch });
    await elsewhere.welcome;
    const answer = await fetch(`${alice.url}/api/auth/session`, {
      method: "DELETE",
      headers: { cookie: alice.cookie, origin: alice.url },
    });
    expect(answer.status).toBe(204);
    const codes = await Promise.all([toAlice.closed, elsewhere.closed]);
    expect(codes.map((closed) => closed.code)).toEqual([CLOSE.signedOut, CLOSE.signedOut]);
    toBob.say({ type: "ping", cursor: 0 });
    await toBob.next("pong");
    expect(connectClient(alice.url, alice)).rejects.toThrow();
  });

  test("a device that is revoked from another one is out at once, on whatever instance", async () => {
    const phone = newPhone();
    const person = await signInAs(stack, { name: "rita", phone, url: stack.urls[1] });
    const socket = await connected(person);
    const headers = { cookie: person.cookie, origin: stack.urls[0] };
    const rows = await fetch(`${stack.urls[0]}/api/sessions`, { headers });
    const [row, ...others] = (await rows.json()) as SessionRow[];
    expect([row, others]).toMatchObject([{ current: true, device: expect.any(String) }, []]);
    const ended = await fetch(`${stack.urls[0]}/api/sessions/${row?.id}`, { method: "DELETE", headers });
    expect(ended.status).toBe(204);
    expect((await socket.closed).code).toBe(CLOSE.revoked);
  });

  test("a sign-in is told to the devices that are signed in, which can put it out again at once", async () => {
    const phone = newPhone();
    const before = await signInAs(stack, { name: "nora", phone, url: stack.urls[1] });
    const own = await connected(before);
    await stack.admin("user", "reset", "--phone", phone);
    const after = await signIn(stack, { phone, url: stack.urls[0] });
    const other = await connected(after);
    const told = await own.next("event", (frame) => frame.kind === "session");
    expect(told).toMatchObject({ session: { id: expect.any(String), device: expect.any(String) } });

    // Whoever was away gets the very same by resuming, or in a snapshot.
    const late = await connectClient(before.url, before);
    late.hello({ epoch: before.epoch, cursor: told.cursor - 1 });
    expect(await late.next("event")).toEqual(told);
    const snapshot = await fetch(`${before.url}/api/snapshot`, { headers: { cookie: before.cookie } });
    const { newSessions } = (await snapshot.json()) as Snapshot;
    expect(newSessions).toHaveLength(2);
    expect(told).toMatchObject({ session: newSessions[1] });

    const headers = { cookie: before.cookie, origin: before.url };
    const ended = await fetch(`${before.url}/api/sessions`, { method: "DELETE", headers });
    expect(ended.status).toBe(204);
    expect((await other.closed).code).toBe(CLOSE.revoked);
    own.say({ type: "ping", cursor: 0 });
    await own.next("pong");
  });

  test("two people who become contacts while connected hear of it, and see one another", async () => {
    const [aPhone, bPhone] = [newPhone(), newPhone()];
    const alice = await signInAs(stack, { name: "alice", phone: aPhone, url: stack.urls[0] });
    const bob = await signInAs(stack, { name: "bob", phone: bPhone, url: stack.urls[1] });
    const toAlice = await connected(alice);
    await connected(bob);
    await stack.admin("connect", "--phone", aPhone, "--phone", bPhone);
    const event = await toAlice.next("event", (frame) => frame.kind === "contact");
    expect(event).toMatchObject({ contact: { id: bob.id, name: "bob" } });
    await toAlice.next("presence", (frame) => frame.user === bob.id && frame.state === "online");
  });

  test("a suspended person is out at once", async () => {
    const phone = newPhone();
    const person = await signInAs(stack, { name: "sam", phone, url: stack.urls[1] });
    const socket = await connected(person);
    await stack.admin("user", "suspend", "--phone", phone);
    expect((await socket.closed).code).toBe(CLOSE.revoked);
  });

  test("an administrator sees every instance, and can put people out on any; others are told that there is nothing", async () => {
    const [adminPhone, phone] = [newPhone(), newPhone()];
    const admin = await signInAs(stack, { name: "root", phone: adminPhone, url: stack.urls[0] });
    const person = await signInAs(stack, { name: "mallory", phone, url: stack.urls[1] });
    const call = (who: SignedInPerson, path: string, method = "GET") =>
      fetch(`${stack.urls[0]}/api/admin/${path}`, {
        method,
        headers: { cookie: who.cookie, origin: stack.urls[0] },
      });
    const refused = await call(admin, "system");
    const nothing = await call(admin, "no-such-thing");
    expect([refused.status, await refused.text()]).toEqual([404, await nothing.text()]);

    await stack.admin("user", "role", "--phone", adminPhone, "--role", "admin");
    const system = (await (await call(admin, "system")).json()) as SystemReport;
    expect(system.instances).toHaveLength(stack.apps.length);
    const up = { state: "up", latencyMs: expect.any(Number) };
    expect(system.dependencies as unknown).toEqual({ postgres: up, store: up, bus: up, mail: up });
    for (const instance of system.instances) {
      expect(instance.dependencies as unknown).toEqual({ postgres: up, store: up, bus: up });
    }

    const socket = await connected(person);
    expect((await call(admin, `people/${person.id}/suspend`, "POST")).status).toBe(204);
    expect((await socket.closed).code).toBe(CLOSE.revoked);
    const { entries } = (await (await call(admin, "audit")).json()) as AuditPage;
    expect(entries[0]).toMatchObject({
      act: "user.suspend",
      actor: { id: admin.id, name: "root" },
      subject: { id: person.id, name: "mallory" },
    });
  });

  test("who deletes their account is out on every instance at once, and the other one hears of it", async () => {
    const { alice, bob, toAlice, toBob } = await twoPeople();
    const elsewhere = await connectClient(stack.urls[1], { cookie: alice.cookie });
    elsewhere.hello({ epoch: alice.epoch });
    await elsewhere.welcome;
    toBob.say({ type: "message.send", cid: newCid(), to: alice.id, text: "still there?" });
    const { conversation } = await toBob.next("ack");
    const since = Date.now();
    const asked = await post(`${alice.url}/api/account/deletion/code`, { body: {}, cookie: alice.cookie });
    expect(asked.status).toBe(202);
    const code = await newestCode(stack, { phone: alice.phone, since });
    const others = alice.cookie.split("; ").filter((one) => !one.startsWith("parley-challenge="));
    const cookie = [cookieOf(asked), ...others].join("; ");
    const ended = await post(`${alice.url}/api/account/deletion`, { body: { code }, cookie });
    expect(ended.status).toBe(204);
    const codes = await Promise.all([toAlice.closed, elsewhere.closed]);
    expect(codes.map((closed) => closed.code)).toEqual([CLOSE.revoked, CLOSE.revoked]);

    const told = await toBob.next(
      "event",
      (frame) => frame.kind === "contact" && frame.contact.standing === "deleted",
    );
    expect(told).toMatchObject({ contact: { id: alice.id, name: "", conversation } });
    const cid = newCid();
    toBob.say({ type: "message.send", cid, to: alice.id, text: "hello?" });
    expect(await toBob.next("refused")).toEqual({ type: "refused", cid, code: "not_a_contact" });
    const history = await fetch(`${bob.url}/api/conversations/${conversation}/messages`, {
      headers: { cookie: bob.cookie },
    });
    expect(await history.json()).toMatchObject({ messages: [{ text: "still there?" }] });
  });

  test("the second door stores a message as the socket does", async () => {
    const { alice, bob, toBob } = await twoPeople();
    const body = { cid: newCid(), to: bob.id, text: " by mail slot " };
    const first = await post(`${alice.url}/api/messages`, { body, cookie: alice.cookie });
    expect(first.status).toBe(201);
    await toBob.next("event", (frame) => frame.kind === "message" && frame.text === "by mail slot");
    const again = await post(`${alice.url}/api/messages`, { body, cookie: alice.cookie });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual({ ...((await first.json()) as object), duplicate: true });
  });

  test("closes what is no frame, refuses what it does not know, and asks for hello first", async () => {
    const { alice } = await twoPeople();
    const socket = await connectClient(alice.url, alice);
    socket.say({ type: "ping", cursor: 0 });
    expect(await socket.next("refused")).toEqual({ type: "refused", code: "hello_first" });
    socket.hello({ epoch: alice.epoch });
    await socket.welcome;
    socket.sayRaw('{"type":"message.shout"}');
    expect(await socket.next("refused")).toEqual({ type: "refused", code: "unknown_frame" });
    socket.sayRaw("not json");
    expect((await socket.closed).code).toBe(CLOSE.badFrame);
  });

  test("closes a build that is too old for good", async () => {
    const { alice } = await twoPeople();
    const socket = await connectClient(alice.url, alice);
    socket.say({ type: "hello", protocol: 0, build: "", epoch: null, cursor: 0 });
    expect((await socket.closed).code).toBe(CLOSE.outdated);
  });

  test("paces a sender who is too fast, says when to come back, and loses nothing of the rest", async () => {
    const { bob, toAlice } = await twoPeople();
    const cids = Array.from({ length: 45 }, newCid);
    for (const cid of cids) toAlice.say({ type: "message.send", cid, to: bob.id, text: "quick" });
    const refused = await toAlice.next("refused", (frame) => frame.cid === cids.at(-1));
    expect(refused).toMatchObject({ code: "rate_limited", retryAfterMs: expect.any(Number) });
    const acked = toAlice.frames.filter((frame) => frame.type === "ack");
    expect(acked.length).toBeGreaterThanOrEqual(40);
  });

  test("upgrades nobody without a session, from another site, or without an upgrade", async () => {
    const { alice } = await twoPeople();
    expect(connectClient(alice.url, { cookie: "" })).rejects.toThrow();
    const foreign = { cookie: alice.cookie, origin: "https://evil.example" };
    expect(connectClient(alice.url, foreign)).rejects.toThrow();
    const plain = await fetch(`${alice.url}/ws`, { headers: { cookie: alice.cookie } });
    expect([plain.status, await plain.json()]).toMatchObject([400, { code: "bad_request" }]);
  });

  test("is live and ready, with every dependency up", async () => {
    const [url] = stack.urls;
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ live: true });
    const ready = await fetch(`${url}/health/ready`);
    const up = { postgres: "up", store: "up", bus: "up" };
    const took = expect.any(Number);
    const latenciesMs = { postgres: took, store: took, bus: took };
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, dependencies: up, latenciesMs }]);
  });

  test("says nothing of CORS to other origins when none was named", async () => {
    const preflight = { origin: "https://evil.example", "access-control-request-method": "POST" };
    const answers = await Promise.all([
      fetch(`${stack.urls[0]}/health/live`, { headers: { origin: "https://evil.example" } }),
      fetch(`${stack.urls[0]}/api/messages`, { method: "OPTIONS", headers: preflight }),
    ]);
    const names = answers.flatMap(({ headers }) => [...headers.keys()]);
    expect(names.filter((name) => name.startsWith("access-control-"))).toEqual([]);
    expect(names).toContain("content-security-policy");
  });

  test("describes its HTTP door", async () => {
    const description = (await (await fetch(`${stack.urls[0]}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining(["/api/auth/code", "/api/auth/session", "/api/messages", "/api/snapshot"]),
    );
  });

  test("shows caught mail in embedded mode only", async () => {
    const status = (await fetch(`${stack.urls[0]}/dev/mail.json`)).status;
    expect(status).toBe(kind === "embedded" ? 200 : 404);
  });

  test("tells who is signed in, and asks to wait before another code", async () => {
    const phone = newPhone();
    const person = await signInAs(stack, { name: "twice", phone, url: stack.urls[0] });
    const me = await fetch(`${person.url}/api/me`, { headers: { cookie: person.cookie } });
    expect(await me.json()).toMatchObject({ id: person.id, name: "twice", phoneHint: phone.slice(-2) });
    const again = await post(`${stack.urls[1]}/api/auth/code`, { body: { phone } });
    expect([again.status, await again.json()]).toMatchObject([
      429,
      { code: "rate_limited", retryAfterMs: expect.any(Number) },
    ]);
  });

  /** Alice on the first instance and Bob on the second, contacts, both connected and greeted. */
  async function twoPeople() {
    const [aPhone, bPhone] = [newPhone(), newPhone()];
    const [alice, bob] = await Promise.all([
      signInAs(stack, { name: "alice", phone: aPhone, url: stack.urls[0] }),
      signInAs(stack, { name: "bob", phone: bPhone, url: stack.urls[1] }),
    ]);
    await stack.admin("connect", "--phone", aPhone, "--phone", bPhone);
    return { alice, bob, toAlice: await connected(alice), toBob: await connected(bob) };
  }

  async function connected(person: SignedInPerson): Promise<WireClient> {
    const socket = await connectClient(person.url, person);
    socket.hello({ epoch: person.epoch });
    await socket.welcome;
    return socket;
  }
});
