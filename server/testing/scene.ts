/**
 * For tests only: two people who stand to one another in some way, each at a socket, with several instances on one of their own.
 * Ann gives signs and Ben would hear them. Carol, a contact of Ben's on Ann's instance, gives the same signs after her: once hers
 * have come, what has not come from Ann does not come.
 */
import type { ContactChange, ProfileChange } from "#protocol/http.ts";
import type { ConversationId, Cursor } from "#protocol/ids.ts";
import { connectClient } from "./client.ts";
import type { WireClient } from "./client.ts";
import { newCid } from "./people.ts";
import { newPhone, patch, put, signInAs } from "./stack.ts";
import type { SignedInPerson, Stack } from "./stack.ts";

export interface Scene {
  ann: SignedInPerson;
  ben: SignedInPerson;
  carol: SignedInPerson;
  toAnn: WireClient;
  toBen: WireClient;
  toCarol: WireClient;
  /** A device of Ben's that is notified. */
  push: ReturnType<Stack["pushHost"]["device"]>;
  /** A message of Ben's that Ann's device has not confirmed; one that never was, where they are strangers. */
  letter: { conversation: ConversationId; cursor: Cursor };
}

export interface Standing {
  contacts: boolean;
  /** Settled once Ben's letter is there. */
  settle?: (ann: SignedInPerson, ben: SignedInPerson) => Promise<void>;
  /** What was settled shows in that the two do not see one another. */
  hidden?: boolean;
}

export async function setScene(stack: Stack, { contacts, settle, hidden = false }: Standing): Promise<Scene> {
  const [here, there] = stack.urls;
  const [ann, carol, ben] = await Promise.all([
    joins(stack, "ann", here),
    joins(stack, "carol", here),
    joins(stack, "ben", there),
  ]);
  await stack.admin("connect", "--id", carol.id, "--id", ben.id);
  if (contacts) await stack.admin("connect", "--id", ann.id, "--id", ben.id);
  const [toAnn, toCarol, toBen] = await Promise.all([greets(ann), greets(carol), greets(ben)]);
  await seesOnline(toBen, carol);
  let letter = { conversation: crypto.randomUUID() as ConversationId, cursor: 1 };
  if (contacts) {
    await Promise.all([seesOnline(toBen, ann), seesOnline(toAnn, ben)]);
    toBen.say({ type: "message.send", cid: newCid(), to: ann.id, text: "a letter" });
    const event = await toAnn.next("event", (frame) => frame.kind === "message");
    if (event.kind === "message") letter = { conversation: event.conversation, cursor: event.cursor };
  }
  const push = stack.pushHost.device();
  await put(`${ben.url}/api/push`, { body: { ...push.subscription, preview: true }, cookie: ben.cookie });
  await settle?.(ann, ben);
  if (hidden) await Promise.all([seesNoMore(toBen, ann), seesNoMore(toAnn, ben)]);
  return { ann, ben, carol, toAnn, toBen, toCarol, push, letter };
}

export function joins(stack: Stack, name: string, url: string): Promise<SignedInPerson> {
  return signInAs(stack, { name, phone: newPhone(), url });
}

/** A socket of theirs that has said hello. */
export async function greets(person: SignedInPerson): Promise<WireClient> {
  const socket = await connectClient(person.url, person);
  socket.hello({ epoch: person.epoch });
  await socket.welcome;
  return socket;
}

export async function settles(
  person: SignedInPerson,
  about: SignedInPerson,
  change: ContactChange,
): Promise<void> {
  await patched(`${person.url}/api/contacts/${about.id}`, { body: change, cookie: person.cookie });
}

export async function shows(person: SignedInPerson, change: ProfileChange): Promise<void> {
  await patched(`${person.url}/api/profile`, { body: change, cookie: person.cookie });
}

/** Everything that this connection said before is done. */
export async function isDone(socket: WireClient): Promise<void> {
  const pongs = socket.frames.filter(({ type }) => type === "pong").length;
  socket.say({ type: "ping", cursor: 0 });
  await socket.next("pong", () => socket.frames.filter(({ type }) => type === "pong").length > pongs);
}

export async function seesOnline(socket: WireClient, person: SignedInPerson): Promise<void> {
  await socket.next("presence", ({ user, state }) => user === person.id && state === "online");
}

export async function seesNoMore(socket: WireClient, person: SignedInPerson): Promise<void> {
  await socket.next("presence", ({ user, state }) => user === person.id && state === "hidden");
}

async function patched(url: string, sent: Parameters<typeof patch>[1]): Promise<void> {
  const answer = await patch(url, sent);
  if (answer.status !== 200) throw new Error(`PATCH ${url}: ${answer.status} ${await answer.text()}`);
}
