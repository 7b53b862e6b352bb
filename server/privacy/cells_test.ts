/**
 * The privacy table, driven on the real server: for each of its cells two people stand to one another as the cell says, one
 * of them gives the sign, and the other's socket hears it or does not.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { PresenceNotice, ServerFrame } from "#protocol/frames.ts";
import type { NewInvite, PushAnswer } from "#protocol/http.ts";
import { PRIVACY, RELATIONS, SIGNS, SWITCH_OF } from "#protocol/privacy.ts";
import type { Relation, Sign } from "#protocol/privacy.ts";
import { newCid } from "../testing/people.ts";
import { greets, isDone, joins, seesNoMore, seesOnline, setScene, settles, shows } from "../testing/scene.ts";
import type { Scene, Standing } from "../testing/scene.ts";
import { until } from "../testing/until.ts";
import { post, startStack } from "../testing/stack.ts";
import type { SignedInPerson, Stack, StackKind } from "../testing/stack.ts";

/** A message waits so long for somebody to attend to it. */
const NOTIFIED_AFTER_MS = 5_000;
/** Longer than the grace before somebody is offline, and the look that finds it over. */
const LEFT_WITHIN_MS = 40_000;

type EventFrame<Kind> = Extract<ServerFrame, { type: "event"; kind: Kind }>;

/** How people come to stand so. */
const STANDINGS: Record<Relation, Standing> = {
  stranger: { contacts: false },
  invited: { contacts: false, settle: invites },
  contact: { contacts: true },
  blocked: { contacts: true, hidden: true, settle: (ann, ben) => settles(ann, ben, { blocked: true }) },
  blockedBy: { contacts: true, hidden: true, settle: (ann, ben) => settles(ben, ann, { blocked: true }) },
};

interface Case {
  name: string;
  standing: Standing;
  /** Ben sees nobody's presence, so he does not see Carol's either. */
  blind?: boolean;
  /** Whether a sign of Ann's reaches Ben. */
  passes: (sign: Sign) => boolean;
}

const RELATION_CASES: Case[] = RELATIONS.map((relation) => ({
  name: `to somebody who is ${relation}`,
  standing: STANDINGS[relation],
  passes: (sign) => PRIVACY[relation][sign],
}));

const SWITCH_CASES: Case[] = (["showsPresence", "sendsReceipts"] as const).flatMap((off) =>
  (["giver", "hearer"] as const).map((who) => ({
    name: `to a contact, where the ${who} has ${off} off`,
    blind: who === "hearer" && off === "showsPresence",
    standing: {
      contacts: true,
      hidden: off === "showsPresence",
      settle: (ann, ben) => shows(who === "giver" ? ann : ben, { [off]: false }),
    },
    passes: (sign) => !(sign in SWITCH_OF && SWITCH_OF[sign as keyof typeof SWITCH_OF] === off),
  })),
);

const CASES = [...RELATION_CASES, ...SWITCH_CASES];

/** Gives the sign, and says whether Ben had heard it by the time he heard Carol's. */
type Drive = (scene: Scene, options: { blind: boolean }) => Promise<boolean>;

const DRIVES: Record<Exclude<Sign, "lastSeen" | "push">, Drive> = {
  async message(scene) {
    const { ann, ben, toAnn, toBen } = scene;
    toAnn.say({ type: "message.send", cid: newCid(), to: ben.id, text: "a sign" });
    await hearsCarol(scene);
    return toBen.frames.some((frame) => isEvent(frame, "message") && frame.from === ann.id);
  },
  async presence(scene, { blind }) {
    const { ann, carol, toAnn, toBen, toCarol } = scene;
    toAnn.say({ type: "presence", state: "away" });
    await isDone(toAnn);
    toCarol.say({ type: "presence", state: "away" });
    const isAway = (person: SignedInPerson) => (frame: ServerFrame) =>
      frame.type === "presence" && frame.user === person.id && frame.state === "away";
    await (blind ? hearsCarol(scene) : toBen.next("presence", isAway(carol)));
    return toBen.frames.some(isAway(ann));
  },
  async typing(scene, { blind }) {
    const { ann, ben, carol, toAnn, toBen, toCarol } = scene;
    toAnn.say({ type: "typing", to: ben.id });
    await isDone(toAnn);
    toCarol.say({ type: "typing", to: ben.id });
    await (blind ? hearsCarol(scene) : toBen.next("typing", (frame) => frame.from === carol.id));
    return toBen.frames.some((frame) => frame.type === "typing" && frame.from === ann.id);
  },
  async delivered(scene) {
    scene.toAnn.say({ type: "message.received", cursor: scene.letter.cursor });
    await hearsCarol(scene);
    return hasMark(scene, "delivered");
  },
  async read(scene) {
    scene.toAnn.say({ type: "message.read", conversation: scene.letter.conversation, seq: 1 });
    await hearsCarol(scene);
    return hasMark(scene, "read");
  },
};

/** One after the other: a message that was read was delivered. */
const DRIVEN = ["presence", "typing", "delivered", "read", "message"] as const satisfies Sign[];

test("every sign of the table is driven", () => {
  expect([...DRIVEN, "push", "lastSeen"].toSorted()).toEqual([...SIGNS].toSorted());
});

describe.each<StackKind>(["embedded", "full"])("on the %s stack", (kind) => {
  let stack: Stack;
  let scenes: Map<Case, Scene>;

  beforeAll(async () => {
    stack = await startStack(kind);
    const set = await Promise.all(CASES.map((one) => setScene(stack, one.standing)));
    scenes = new Map(CASES.map((one, index) => [one, set[index] as Scene]));
  }, 120_000);

  afterAll(() => stack.stop(), 30_000);

  for (const one of CASES) {
    describe(one.name, () => {
      for (const sign of DRIVEN) {
        test(`${sign} ${one.passes(sign) ? "passes" : "does not pass"}`, async () => {
          const blind = one.blind === true;
          expect(await DRIVES[sign](sceneOf(one), { blind })).toBe(one.passes(sign));
        });
      }
    });
  }

  describe("while Ben does not look", () => {
    for (const one of CASES) {
      test(`push ${one.passes("push") ? "passes" : "does not pass"} ${one.name}`, async () => {
        const scene = sceneOf(one);
        await isNotifiedOfCarol(scene);
        if (one.passes("push")) await until(() => scene.push.heard.some(({ name }) => name === "ann"));
        expect(scene.push.heard.some(({ name }) => name === "ann")).toBe(one.passes("push"));
      });
    }
  });

  describe("once Ann and Carol have left", () => {
    beforeAll(async () => {
      for (const { toAnn, toCarol } of scenes.values()) {
        toAnn.close();
        toCarol.close();
      }
      await Promise.all(CASES.flatMap((one) => (one.blind ? [] : hearsCarolLeave(sceneOf(one)))));
    }, LEFT_WITHIN_MS);

    for (const one of CASES) {
      test(`lastSeen ${one.passes("lastSeen") ? "passes" : "does not pass"} ${one.name}`, async () => {
        const { ann, ben, toBen } = sceneOf(one);
        const again = await greets(ben);
        await isDone(again);
        for (const socket of [toBen, again]) {
          const told = socket.frames.some(
            (frame) => frame.type === "presence" && frame.user === ann.id && frame.lastSeenAt !== undefined,
          );
          expect(told).toBe(one.passes("lastSeen"));
        }
        again.close();
      });
    }
  });

  test("whoever hides and whoever has blocked look the same, at once and after coming back", async () => {
    const [here] = stack.urls;
    const [hider, blocker, ben] = await Promise.all(
      ["hider", "blocker", "ben"].map((name) => joins(stack, name, here)),
    );
    if (!hider || !blocker || !ben) throw new Error("three people join");
    for (const other of [hider, blocker]) await stack.admin("connect", "--id", other.id, "--id", ben.id);
    const others = await Promise.all([hider, blocker].map(greets));
    const toBen = await greets(ben);
    await Promise.all([hider, blocker].map((other) => seesOnline(toBen, other)));
    await shows(hider, { showsPresence: false });
    await settles(blocker, ben, { blocked: true });
    await Promise.all([hider, blocker].map((other) => seesNoMore(toBen, other)));
    const again = await greets(ben);
    await isDone(again);
    const notices = again.frames.filter((frame) => frame.type === "presence");
    expect(notices.map(({ user }) => user)).toEqual([hider.id, blocker.id].toSorted());
    const [one, other] = notices.map((notice) => ({ ...notice, user: "", until: 0 }));
    expect(one).toEqual(other as never);
    // That they became contacts is all that Ben was ever told.
    const told = toBen.frames.flatMap((frame) => (frame.type === "event" ? frame.cursor : []));
    expect(Math.max(...told)).toBe(2);
    for (const socket of [...others, toBen, again]) socket.close();
  });

  test("who shows themselves again, or lets somebody in again, is seen at once", async () => {
    const { ann, ben, toAnn, toBen } = await setScene(stack, { contacts: true });
    for (const [off, on] of [
      [() => shows(ann, { showsPresence: false }), () => shows(ann, { showsPresence: true })],
      [() => settles(ann, ben, { blocked: true }), () => settles(ann, ben, { blocked: false })],
      [() => settles(ben, ann, { blocked: true }), () => settles(ben, ann, { blocked: false })],
    ] as const) {
      await off();
      await Promise.all([seesNoMore(toBen, ann), seesNoMore(toAnn, ben)]);
      await on();
      await Promise.all([seesOnline(toBen, ann), seesOnline(toAnn, ben)]);
    }
  });

  function sceneOf(one: Case): Scene {
    const scene = scenes.get(one);
    if (scene === undefined) throw new Error(`there is no scene ${one.name}`);
    return scene;
  }
});

/** Makes an invite, which the other one opens and does not accept. */
async function invites(person: SignedInPerson, about: SignedInPerson): Promise<void> {
  const made = await post(`${person.url}/api/invites`, { body: {}, cookie: person.cookie });
  const { token } = (await made.json()) as NewInvite;
  const looked = await post(`${about.url}/api/invites/look`, { body: { token }, cookie: about.cookie });
  expect(await looked.json()).toEqual({ name: "ann", hue: null });
}

/** Ann's commands are done, and Ben has everything that was in his inbox by then. */
async function hearsCarol({ ben, toAnn, toBen, toCarol }: Scene): Promise<void> {
  await isDone(toAnn);
  const cid = newCid();
  toCarol.say({ type: "message.send", cid, to: ben.id, text: "me too" });
  await toBen.next("event", (frame) => frame.kind === "message" && frame.cid === cid);
}

/** Ben was notified of everything up to Carol's last message, which came after Ann's. */
async function isNotifiedOfCarol({ ben, carol, toBen, push }: Scene): Promise<void> {
  const messages = toBen.frames.flatMap((frame) => (isEvent(frame, "message") ? [frame] : []));
  const last = messages.findLast(({ from }) => from === carol.id);
  if (last === undefined) throw new Error("Carol has written nothing");
  await until(async () => {
    const answer = await fetch(`${ben.url}/api/push`, { headers: { cookie: ben.cookie } });
    const { subscription } = (await answer.json()) as PushAnswer;
    const told = push.heard.some(({ name, seq }) => name === "carol" && seq === last.seq);
    return told && (subscription?.lastAt ?? 0) >= last.sentAt + NOTIFIED_AFTER_MS;
  });
}

async function hearsCarolLeave({ carol, toBen }: Scene): Promise<void> {
  const isCarolsEnd = ({ user, state }: PresenceNotice) => user === carol.id && state === "offline";
  await toBen.next("presence", isCarolsEnd, { withinMs: LEFT_WITHIN_MS });
}

function hasMark({ ann, toBen }: Scene, mark: "delivered" | "read"): boolean {
  return toBen.frames.some((frame) => isEvent(frame, "mark") && frame.user === ann.id && frame.mark === mark);
}

function isEvent<Kind extends "message" | "mark">(frame: ServerFrame, kind: Kind): frame is EventFrame<Kind> {
  return frame.type === "event" && frame.kind === kind;
}
