/** The administrator's commands about keys: a new one comes, everything is sealed again under it, the old one can go. */
import { countBySecret, reseal } from "../auth/reseal.ts";
import { makeKey, writeKey } from "../auth/keys_file.ts";
import { AdminError } from "./command.ts";
import type { Command, CommandDeps, Options } from "./command.ts";

export const KEY_COMMANDS: readonly (readonly [string, Command])[] = [
  ["keys list", list],
  ["keys new", make],
  ["keys reseal", resealAll],
];

async function list(_options: Options, { db, keys, print }: CommandDeps): Promise<void> {
  const people = await countBySecret(db);
  for (const [index, id] of keys.ids.entries()) {
    print(`${id}  ${index === 0 ? "writes" : "reads "}  ${people.get(id) ?? 0} people`);
  }
  for (const [id, count] of people) {
    if (!keys.ids.includes(id)) print(`${id}  is missing: ${count} people cannot be read`);
  }
}

async function make(_options: Options, { acts, keys, keyFile, print }: CommandDeps): Promise<void> {
  const key = makeKey(keys.ids);
  await acts.audit({ act: "keys.make", detail: { key: key.id } });
  if (keyFile === null) {
    print(writeKey(key));
    print("Append it to PARLEY_KEYS and roll out; put it in front and roll out; then run: keys reseal");
    return;
  }
  await keyFile.putInFront(key);
  print(`${key.id} is in front in ${keyFile.path}. Restart Parley, then run: keys reseal`);
}

/** Whoever has not got the newest key would find nobody any more. */
async function resealAll(_options: Options, { acts, db, keys, roster, print }: CommandDeps): Promise<void> {
  const [newest = "", ...older] = keys.ids;
  const without = (await roster()).filter((instance) => !instance.keys.includes(newest));
  if (without.length > 0) {
    throw new AdminError(
      `${without.length} running instance(s) do not have ${newest} yet. Roll it out first.`,
    );
  }
  await acts.audit({ act: "keys.reseal", detail: { key: newest } });
  const { resealed, stuck } = await reseal(db, keys);
  print(`${resealed} people were sealed again under ${newest}.`);
  if (stuck.length > 0) {
    throw new AdminError(
      `${stuck.length} people could not be: their key is missing, or their number is there twice.\n${stuck.join("\n")}`,
    );
  }
  if (older.length > 0) print(`Nothing needs ${older.join(", ")} any more.`);
}
