/** The administrator's commands about keys: a new one comes, everything is sealed again under it, the old one can go. */
import { countBySecret, reseal } from "../auth/reseal.ts";
import { makeKey, writeKey } from "../auth/keys_file.ts";
import type { AdminDeps, Command, Options } from "./command.ts";
import { AdminError } from "./users.ts";

export const KEY_COMMANDS: readonly (readonly [string, Command])[] = [
  ["keys list", list],
  ["keys new", make],
  ["keys reseal", resealAll],
];

async function list(_options: Options, { db, keys, print }: AdminDeps): Promise<void> {
  const people = await countBySecret(db);
  for (const [index, id] of keys.ids.entries()) {
    print(`${id}  ${index === 0 ? "writes" : "reads "}  ${people.get(id) ?? 0} people`);
  }
  for (const [id, count] of people) {
    if (!keys.ids.includes(id)) print(`${id}  is missing: ${count} people cannot be read`);
  }
}

async function make(_options: Options, { keys, keyFile, print }: AdminDeps): Promise<void> {
  const key = makeKey(keys.ids);
  if (keyFile === null) {
    print(writeKey(key));
    print("Append it to PARLEY_KEYS and roll out; put it in front and roll out; then run: keys reseal");
    return;
  }
  await keyFile.putInFront(key);
  print(`${key.id} is in front in ${keyFile.path}. Restart Parley, then run: keys reseal`);
}

async function resealAll(_options: Options, { db, keys, print }: AdminDeps): Promise<void> {
  const { resealed, stuck } = await reseal(db, keys);
  const [newest, ...older] = keys.ids;
  print(`${resealed} people were sealed again under ${newest}.`);
  if (stuck.length > 0) {
    throw new AdminError(
      `${stuck.length} people could not be: their key is missing, or their number is there twice.\n${stuck.join("\n")}`,
    );
  }
  if (older.length > 0) print(`Nothing needs ${older.join(", ")} any more.`);
}
