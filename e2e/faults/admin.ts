/** The people of a round and who knows whom, made by the administrator's own program, in this process. */
import type { ConversationId, UserId } from "#protocol/ids.ts";
import type { Sql } from "postgres";
import { runAdminCommand } from "../../server/commands.ts";
import { readConfig } from "../../server/config.ts";
import type { Random } from "./random.ts";

export interface Peer {
  id: UserId;
  name: string;
  conversation: ConversationId;
}

export interface Account {
  id: UserId;
  name: string;
  phone: string;
  email: string;
  peers: Peer[];
}

/** Each knows their two neighbours in a circle, and some others. */
const CHORDS_PER_PERSON = 1;

export async function makeAccounts(
  count: number,
  { env, db, random }: { env: Record<string, string>; db: Sql; random: Random },
): Promise<Account[]> {
  const config = readConfig({ ...env, LOG_LEVEL: "error" });
  const people = Array.from({ length: count }, (_, index) => ({
    name: `P${index}`,
    phone: `+1202555${String(1_000 + index)}`,
    email: `p${index}@example.org`,
  }));
  for (const { name, phone, email } of people) {
    await admin(config, ["user", "add", "--name", name, "--phone", phone, "--email", email]);
  }
  for (const [one, other] of pairs(count, random)) {
    await admin(config, ["connect", "--phone", phoneOf(people, one), "--phone", phoneOf(people, other)]);
  }
  const users = await db<{ id: UserId; name: string }[]>`select id, name from users`;
  const relations = await db<(Peer & { user: UserId })[]>`
    select k.user_id as "user", u.id, u.name, k.conversation_id as conversation
    from contacts k join users u on u.id = k.contact_id order by u.name`;
  return people.map((person) => {
    const id = users.find((user) => user.name === person.name)?.id;
    if (id === undefined) throw new Error(`${person.name} was not made`);
    return { ...person, id, peers: relations.filter((relation) => relation.user === id) };
  });
}

function phoneOf(people: { phone: string }[], index: number): string {
  return people[index]?.phone ?? "";
}

function pairs(count: number, random: Random): [number, number][] {
  const found = new Map<string, [number, number]>();
  const add = (one: number, other: number): void => {
    const [low, high] = one < other ? [one, other] : [other, one];
    if (low !== high) found.set(`${low} ${high}`, [low, high]);
  };
  for (let person = 0; person < count; person++) {
    add(person, (person + 1) % count);
    for (let chord = 0; chord < CHORDS_PER_PERSON; chord++) add(person, random.between(0, count - 1));
  }
  return [...found.values()];
}

async function admin(config: ReturnType<typeof readConfig>, args: string[]): Promise<void> {
  const printed: string[] = [];
  const code = await runAdminCommand(config, args, (line) => printed.push(line));
  if (code !== 0) throw new Error(`admin ${args[0]} ${args[1]} ended with ${code}: ${printed.join(" ")}`);
}
