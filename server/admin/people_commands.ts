/** The administrator's commands about people. */
import { phoneHint } from "../auth/phone.ts";
import { selectAll, updateSuspended } from "../auth/queries.ts";
import { connectUsers } from "../contacts/connect.ts";
import { onePerson, people, UsageError } from "./command.ts";
import type { AdminDeps, Command, Options } from "./command.ts";
import { AdminError, addUser, suspendUser } from "./users.ts";

export const PEOPLE_COMMANDS: readonly (readonly [string, Command])[] = [
  ["user add", add],
  ["user list", list],
  ["user suspend", suspend],
  ["user unsuspend", unsuspend],
  ["user reset", reset],
  ["connect", connect],
];

async function add({ name, email, phone = [] }: Options, deps: AdminDeps): Promise<void> {
  const [only, ...more] = phone;
  if (name === undefined || email === undefined || only === undefined || more.length > 0) {
    throw new UsageError("user add needs --name, --phone and --email, each once.");
  }
  deps.print(await addUser(deps, { name, email, phone: only }));
}

async function list(_options: Options, deps: AdminDeps): Promise<void> {
  for (const account of await selectAll(deps.db)) {
    const phone = deps.keys.open(account.phoneSealed, { user: account.id, field: "phone" });
    const state = account.suspendedAt === null ? "active   " : "suspended";
    deps.print(`${account.id}  ..${phoneHint(phone)}  ${state}  ${account.name}`);
  }
}

async function suspend(options: Options, deps: AdminDeps): Promise<void> {
  const { id, name } = await onePerson(options, deps);
  const ended = await suspendUser(deps, id);
  deps.print(`${name} is suspended; ${ended} session(s) ended.`);
}

async function unsuspend(options: Options, deps: AdminDeps): Promise<void> {
  const { id, name } = await onePerson(options, deps);
  await updateSuspended(deps.db, id, null);
  deps.print(`${name} may sign in again.`);
}

async function reset(options: Options, deps: AdminDeps): Promise<void> {
  const { id, name, phoneSealed } = await onePerson(options, deps);
  const phone = deps.keys.open(phoneSealed, { user: id, field: "phone" });
  await Promise.all([deps.codes.forget(phone), deps.throttle.forget(phone)]);
  deps.print(`${name} may ask for a code at once; an earlier one is void.`);
}

async function connect(options: Options, deps: AdminDeps): Promise<void> {
  const [first, second, ...more] = await people(options, deps);
  if (first === undefined || second === undefined || more.length > 0) {
    throw new UsageError("connect needs two people, each by --phone or --id.");
  }
  if (first.id === second.id) throw new AdminError("That is one and the same person.");
  const pair = [first.id, second.id] as const;
  // Nothing is published from here: what was appended waits in the outbox, and running instances sweep it.
  const { rows } = await deps.db.begin((tx) =>
    connectUsers(tx, pair, { at: deps.clock(), origin: deps.origin }),
  );
  deps.print(`${first.name} and ${second.name} ${rows.length > 0 ? "are" : "were already"} contacts.`);
}
