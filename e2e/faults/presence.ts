/** Who is shown as what to whom, once all is mended: presence and typing must be right within their own times. */
import { createClient } from "redis";
import type { UserId } from "#protocol/ids.ts";
import { PRESENCE_GRACE_MS, PRESENCE_LEASE_MS, TYPING_EVERY_MS, TYPING_TTL_MS } from "#protocol/limits.ts";
import type { Crowd, Person } from "./crowd.ts";
import type { World } from "./world.ts";

/** A heartbeat renews every lease; everybody hears of what that changes. */
const ONLINE_WITHIN_MS = 30_000;
/** Beside the grace, for the sweep of ended leases and the way to the others. */
const OFFLINE_SLACK_MS = 4_000;
/** A notice may be dropped while an instance comes back to the bus; who goes on typing says so again. */
const TYPING_TRIES = 5;
const TYPING_WITHIN_MS = TYPING_EVERY_MS + 200;
/** Beside the life of a typing notice. */
const TYPING_SLACK_MS = 500;
const LOOK_EVERY_MS = 50;

export interface PresenceTimes {
  onlineAfterMs: number | null;
  offlineAfterMs: number | null;
  typingAfterMs: number | null;
}

/** Breaks a rule for each that was not right in time. `mendedAt`: when the last fault was over, by `performance.now`. */
export async function checkPresence(
  { backing, crowd, witness }: World,
  { mendedAt }: { mendedAt: number },
): Promise<PresenceTimes> {
  const onlineAfterMs = await until(() => allSeen(crowd), ONLINE_WITHIN_MS);
  if (onlineAfterMs === null) {
    witness.breach({
      rule: `who is there is seen as online within ${ONLINE_WITHIN_MS} ms`,
      detail: `${wronglySeen(crowd).join("; ")}; ${await byTheStore(crowd, backing)}`,
    });
  }
  const typingAfterMs = await checkTyping(crowd, witness);
  const offlineAfterMs = await checkLeaving(crowd, { witness, mendedAt });
  return { onlineAfterMs, offlineAfterMs, typingAfterMs };
}

function allSeen(crowd: Crowd): boolean {
  return wronglySeen(crowd).length === 0;
}

/** Pairs of which one does not see the other as what they are: everybody here is there, and looks. */
function wronglySeen(crowd: Crowd): string[] {
  return crowd.people.flatMap((person) =>
    person.devices.flatMap(({ lines, database }) =>
      lines.flatMap((line) =>
        person.peers
          .filter(({ id }) => isThere(crowd, id) && line.presenceOf(id).state !== "online")
          .map(({ id, name }) => `${database} sees ${name} as ${line.presenceOf(id).state}`),
      ),
    ),
  );
}

/** What was announced of everybody last, for whoever looks for the reason. */
async function byTheStore({ people }: Crowd, { direct }: World["backing"]): Promise<string> {
  const client = await createClient({ url: direct.redisUrl }).connect();
  try {
    const announced = await client.mGet(people.map(({ id }) => `parley:entry:announced:${id}`));
    return `by the store: ${people.map(({ name }, index) => `${name} ${announced[index]}`).join(", ")}`;
  } finally {
    client.destroy();
  }
}

function isThere(crowd: Crowd, id: UserId): boolean {
  const person = crowd.people.find((candidate) => candidate.id === id);
  return person?.devices.some(({ isSignedIn, visible }) => isSignedIn && visible) ?? false;
}

async function checkTyping(crowd: Crowd, witness: World["witness"]): Promise<number | null> {
  const [from, to] = pairOf(crowd);
  if (!from || !to) return null;
  const sees = () => to.devices.some(({ lines }) => lines.some((line) => line.isTyping(from.id)));
  let afterMs: number | null = null;
  for (let tries = 0; afterMs === null && tries < TYPING_TRIES; tries++) {
    from.devices[0]?.lines[0]?.typing(to.id);
    afterMs = await until(sees, TYPING_WITHIN_MS);
  }
  if (afterMs === null) {
    witness.breach({
      rule: `typing is seen by the ${TYPING_TRIES}th notice`,
      detail: `${from.name} to ${to.name}`,
    });
  }
  const gone = await until(() => !sees(), TYPING_TTL_MS + TYPING_SLACK_MS);
  if (gone === null) {
    witness.breach({
      rule: `typing ends within ${TYPING_TTL_MS} ms`,
      detail: `${to.name} still sees ${from.name} typing`,
    });
  }
  return afterMs;
}

/** Somebody's network goes away. */
async function checkLeaving(
  crowd: Crowd,
  { witness, mendedAt }: { witness: World["witness"]; mendedAt: number },
): Promise<number | null> {
  const [leaver] = pairOf(crowd);
  if (!leaver) return null;
  const seen = () =>
    crowd.people.some((person) =>
      person.devices.some(({ lines }) =>
        lines.some(
          (line) =>
            person.id !== leaver.id &&
            isPeer(person, leaver) &&
            line.presenceOf(leaver.id).state !== "offline",
        ),
      ),
    );
  for (const { wire } of leaver.devices) {
    wire.shut(true);
    for (const carried of wire.carried()) carried.cut();
  }
  // What a crashed instance held for them, nobody gives back: it dies by itself.
  const leaseLeftMs = mendedAt + PRESENCE_LEASE_MS - performance.now();
  const withinMs = Math.round(Math.max(PRESENCE_GRACE_MS, leaseLeftMs) + OFFLINE_SLACK_MS);
  const afterMs = await until(() => !seen(), withinMs);
  if (afterMs === null) {
    witness.breach({
      rule: `who has left is offline within ${withinMs} ms`,
      detail: `${leaver.name} is still seen as here`,
    });
  }
  for (const { wire } of leaver.devices) wire.shut(false);
  return afterMs;
}

function isPeer(one: Person, other: Person): boolean {
  return one.peers.some(({ id }) => id === other.id);
}

function pairOf(crowd: Crowd): [Person | undefined, Person | undefined] {
  const one = crowd.people.find(({ devices }) => devices.some(({ isSignedIn }) => isSignedIn));
  const other = crowd.people.find(
    (person) => one && person !== one && isPeer(one, person) && person.devices.length > 0,
  );
  return [one, other];
}

/** How long it took until `condition` held; null when it did not in time. */
async function until(condition: () => boolean, withinMs: number): Promise<number | null> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > withinMs) return null;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return Math.round(performance.now() - startedAt);
}
