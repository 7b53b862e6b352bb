/** What a command of the administrator is made of: what it is given, what it may use, how it says no. */
import { parseArgs } from "node:util";
import type { InstanceReport } from "#protocol/admin.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { parsePhone, phoneHint } from "../auth/phone.ts";
import type { Account } from "../auth/queries.ts";
import { selectById, selectByPhone } from "../auth/queries.ts";
import type { KeyFile } from "../auth/keys_file.ts";
import type { ActDeps, Acts } from "./acts.ts";

export interface AdminDeps extends ActDeps {
  /** Which keys the running instances have. */
  roster: () => Promise<Pick<InstanceReport, "keys">[]>;
  /** Where new keys go; null when the environment names them. */
  keyFile: KeyFile | null;
  /** A line of the answer (standard output). */
  print: (line: string) => void;
  /** A line that says why not (standard error). */
  complain: (line: string) => void;
}

/** What was asked for, in the wrong words. The message is for the administrator. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What was asked for cannot be done. The message is a sentence for the administrator, without personal content. */
export class AdminError extends Error {
  override name = "AdminError";
}

export interface CommandDeps extends AdminDeps {
  acts: Acts;
}

export type Options = ReturnType<typeof parseCommand>["values"];
export type Command = (options: Options, deps: CommandDeps) => Promise<void>;

/** Throws UsageError for options that no command knows. */
export function parseCommand(args: readonly string[]) {
  const options = {
    name: { type: "string" },
    email: { type: "string" },
    phone: { type: "string", multiple: true },
    id: { type: "string", multiple: true },
    role: { type: "string" },
    session: { type: "string" },
    limit: { type: "string" },
    yes: { type: "boolean" },
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The one person that `--phone` or `--id` names. */
export async function onePerson(options: Options, deps: CommandDeps): Promise<Account> {
  const [person, ...more] = await people(options, deps);
  if (person === undefined || more.length > 0) throw new UsageError("Name one person by --phone or --id.");
  return person;
}

/** Everybody whom `--phone` and `--id` name. */
export function people({ phone = [], id = [] }: Options, { db, keys }: CommandDeps): Promise<Account[]> {
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

/** The session that `--session` names; undefined when it names none. */
export function oneSession({ session }: Options): SessionId | undefined {
  if (session !== undefined && !isUuid(session)) throw new UsageError("--session takes the id of a session.");
  return session as SessionId | undefined;
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
