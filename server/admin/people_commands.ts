/** The administrator's commands about people and their sessions. */
import type { EpochMs } from "#protocol/ids.ts";
import { phoneHint } from "../auth/phone.ts";
import { selectAll } from "../auth/queries.ts";
import { table } from "../status/words.ts";
import { AdminError, onePerson, oneSession, people, UsageError } from "./command.ts";
import type { Command, CommandDeps, Options } from "./command.ts";

export const PEOPLE_COMMANDS: readonly (readonly [string, Command])[] = [
  ["user add", add],
  ["user list", list],
  ["user suspend", suspend],
  ["user unsuspend", unsuspend],
  ["user reset", reset],
  ["user role", role],
  ["user delete", remove],
  ["connect", connect],
  ["sessions list", sessions],
  ["sessions revoke", revoke],
];

async function add({ name, email, phone = [] }: Options, { acts, print }: CommandDeps): Promise<void> {
  const [only, ...more] = phone;
  if (name === undefined || email === undefined || only === undefined || more.length > 0) {
    throw new UsageError("user add needs --name, --phone and --email, each once.");
  }
  print(await acts.add({ name, email, phone: only }));
}

async function list(_options: Options, { db, keys, print }: CommandDeps): Promise<void> {
  for (const { id, name, role, phoneSealed, suspendedAt } of await selectAll(db)) {
    const phone = keys.open(phoneSealed, { user: id, field: "phone" });
    const state = suspendedAt === null ? "active   " : "suspended";
    print(`${id}  ..${phoneHint(phone)}  ${state}  ${role.padEnd(6)}  ${name}`);
  }
}

async function suspend(options: Options, deps: CommandDeps): Promise<void> {
  const { id, name } = await onePerson(options, deps);
  const ended = await deps.acts.suspend(id);
  deps.print(`${name} is suspended; ${ended} session(s) ended.`);
}

async function unsuspend(options: Options, deps: CommandDeps): Promise<void> {
  const { id, name } = await onePerson(options, deps);
  await deps.acts.unsuspend(id);
  deps.print(`${name} may sign in again.`);
}

async function reset(options: Options, deps: CommandDeps): Promise<void> {
  const { id, name } = await onePerson(options, deps);
  await deps.acts.reset(id);
  deps.print(`${name} may ask for a code at once; an earlier one is void.`);
}

async function remove(options: Options, deps: CommandDeps): Promise<void> {
  const { id, name } = await onePerson(options, deps);
  if (options.yes !== true) {
    throw new UsageError(`Deleting ${name} cannot be undone. Say --yes to do it.`);
  }
  await deps.acts.remove(id);
  deps.print(
    "The account is deleted. What was said stays readable for the others until it is seven days old.",
  );
}

async function role(options: Options, deps: CommandDeps): Promise<void> {
  if (options.role !== "admin" && options.role !== "member") {
    throw new UsageError("user role needs --role admin or --role member.");
  }
  const { id, name } = await onePerson(options, deps);
  await deps.acts.setRole(id, options.role);
  deps.print(`${name} is ${options.role === "admin" ? "an administrator" : "a member like others"} now.`);
}

async function connect(options: Options, deps: CommandDeps): Promise<void> {
  const [first, second, ...more] = await people(options, deps);
  if (first === undefined || second === undefined || more.length > 0) {
    throw new UsageError("connect needs two people, each by --phone or --id.");
  }
  if (first.id === second.id) throw new AdminError("That is one and the same person.");
  const added = await deps.acts.connect(first.id, second.id);
  deps.print(`${first.name} and ${second.name} ${added ? "are" : "were already"} contacts.`);
}

async function sessions(options: Options, deps: CommandDeps): Promise<void> {
  const { id, name } = await onePerson(options, deps);
  const open = await deps.acts.sessionsOf(id);
  if (open.length === 0) return deps.print(`${name} is signed in nowhere.`);
  deps.print(
    table([
      ["session", "signed in", "last used", "device"],
      ...open.map((one) => [one.id, momentText(one.createdAt), momentText(one.lastSeenAt), one.device]),
    ]),
  );
}

async function revoke(options: Options, deps: CommandDeps): Promise<void> {
  const session = oneSession(options);
  const { id, name } = await onePerson(options, deps);
  const ended = await deps.acts.revoke(id, session);
  if (session !== undefined && ended === 0) throw new AdminError(`${name} has no such session.`);
  deps.print(`${ended} session(s) of ${name} ended.`);
}

function momentText(at: EpochMs): string {
  return new Date(at).toISOString();
}
