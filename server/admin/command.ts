/** What a command of the administrator is made of: what it is given, what it may use, how it says no. */
import { parseArgs } from "node:util";
import type { UserId } from "#protocol/ids.ts";
import type { Codes } from "../auth/codes.ts";
import { parsePhone, phoneHint } from "../auth/phone.ts";
import type { Account } from "../auth/queries.ts";
import { selectById, selectByPhone } from "../auth/queries.ts";
import type { KeyFile } from "../auth/keys_file.ts";
import type { Throttle } from "../auth/throttle.ts";
import { AdminError } from "./users.ts";
import type { SuspendDeps, UsersDeps } from "./users.ts";

export interface AdminDeps extends UsersDeps, SuspendDeps {
  /** Names this process in what it appends to inboxes. */
  origin: string;
  codes: Pick<Codes, "forget">;
  throttle: Pick<Throttle, "forget">;
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

export type Options = ReturnType<typeof parseCommand>["values"];
export type Command = (options: Options, deps: AdminDeps) => Promise<void>;

/** Throws UsageError for options that no command knows. */
export function parseCommand(args: readonly string[]) {
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

/** The one person that `--phone` or `--id` names. */
export async function onePerson(options: Options, deps: AdminDeps): Promise<Account> {
  const [person, ...more] = await people(options, deps);
  if (person === undefined || more.length > 0) throw new UsageError("Name one person by --phone or --id.");
  return person;
}

/** Everybody whom `--phone` and `--id` name. */
export function people({ phone = [], id = [] }: Options, { db, keys }: AdminDeps): Promise<Account[]> {
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

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
