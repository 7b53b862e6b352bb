/**
 * `bun run admin …`: what an administrator does from a terminal, on the machine of the server. Exit codes: 0 done, 1 cannot be
 * done, 2 asked for in a way that is not understood. Full numbers and addresses go in, and never come out again.
 */
import { parseArgs } from "node:util";
import type { UserId } from "#protocol/ids.ts";
import type { Account } from "../auth/queries.ts";
import { selectAll, selectById, selectByPhone, updateSuspended } from "../auth/queries.ts";
import { parsePhone, phoneHint } from "../auth/phone.ts";
import { connectUsers } from "../contacts/connect.ts";
import { Refusal } from "../problem.ts";
import { AdminError, addUser, suspendUser } from "./users.ts";
import type { SuspendDeps, UsersDeps } from "./users.ts";

const EXIT = { done: 0, failed: 1, usage: 2 } as const;

const USAGE = `Usage: bun run admin COMMAND

  user add --name NAME --phone +12025550101 --email ann@example.org
                                 adds a person and prints their id
  user list                      everybody: id, last two digits, state, name
  user suspend   --phone|--id X  signs the person out everywhere and keeps them out
  user unsuspend --phone|--id X  lets them in again
  connect --phone|--id A --phone|--id B
                                 makes two people contacts of one another

Phone numbers are written with their country code.`;

export interface AdminDeps extends UsersDeps, SuspendDeps {
  /** Names this process in what it appends to inboxes. */
  origin: string;
  /** A line of the answer (standard output). */
  print: (line: string) => void;
  /** A line that says why not (standard error). */
  complain: (line: string) => void;
}

/** What was asked for, in the wrong words. The message is for the administrator. */
class UsageError extends Error {
  override name = "UsageError";
}

type Options = ReturnType<typeof parse>["values"];
type Command = (options: Options, deps: AdminDeps) => Promise<void>;

const COMMANDS = new Map<string, Command>([
  ["user add", add],
  ["user list", list],
  ["user suspend", suspend],
  ["user unsuspend", unsuspend],
  ["connect", connect],
]);

/** Carries out `args` (what follows `admin`) and resolves to the exit code. Rejects only on faults, such as no database. */
export async function runAdmin(args: readonly string[], deps: AdminDeps): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    const command = COMMANDS.get(positionals.join(" "));
    if (values.help === true || positionals.length === 0) deps.print(USAGE);
    else if (command === undefined) throw new UsageError(`There is no command "${positionals.join(" ")}".`);
    else await command(values, deps);
    return EXIT.done;
  } catch (error) {
    if (error instanceof UsageError) {
      deps.complain(`${error.message}\n\n${USAGE}`);
      return EXIT.usage;
    }
    const reason = reasonOf(error);
    if (reason === null) throw error;
    deps.complain(reason);
    return EXIT.failed;
  }
}

function parse(args: readonly string[]) {
  const options = {
    name: { type: "string" },
    email: { type: "string" },
    phone: { type: "string", multiple: true },
    id: { type: "string", multiple: true },
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

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

async function onePerson(options: Options, deps: AdminDeps): Promise<Account> {
  const [person, ...more] = await people(options, deps);
  if (person === undefined || more.length > 0) throw new UsageError("Name one person by --phone or --id.");
  return person;
}

function people({ phone = [], id = [] }: Options, { db, keys }: AdminDeps): Promise<Account[]> {
  const byPhone = phone.map(async (typed) => {
    const number = parsePhone(typed);
    const account = await selectByPhone(db, keys.blindIndexes("phone", number));
    if (account === null) throw new AdminError(`Nobody has the number that ends in ${phoneHint(number)}.`);
    return account;
  });
  const byId = id.map(async (typed) => {
    const account = isUuid(typed) ? await selectById(db, typed as UserId) : null;
    if (account === null) throw new AdminError(`Nobody has the id ${typed}.`);
    return account;
  });
  return Promise.all([...byPhone, ...byId]);
}

/** The sentence for the administrator; null for a fault that is none of their doing. */
function reasonOf(error: unknown): string | null {
  if (error instanceof Refusal) return error.toProblem().message;
  return error instanceof AdminError ? error.message : null;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
