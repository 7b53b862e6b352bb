/** The administrator's commands about what administrators did. */
import { table } from "../status/words.ts";
import { readAudit } from "./audit.ts";
import { UsageError } from "./command.ts";
import type { Command, CommandDeps, Options } from "./command.ts";

/** Entries that are shown unless asked otherwise, and at most. */
const SHOWN = 50;
const SHOWN_MAX = 10_000;

export const AUDIT_COMMANDS: readonly (readonly [string, Command])[] = [["audit list", list]];

async function list({ limit = String(SHOWN) }: Options, { db, print }: CommandDeps): Promise<void> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > SHOWN_MAX) {
    throw new UsageError(`--limit takes a number from 1 to ${SHOWN_MAX}.`);
  }
  const entries = await readAudit(db, { limit: count });
  if (entries.length === 0) return print("Nothing yet.");
  print(
    table([
      ["when", "who", "did", "to whom", "what"],
      ...entries.map(({ at, actor, terminal, act, subject, detail }) => [
        new Date(at).toISOString(),
        actor ?? `terminal:${terminal}`,
        act,
        subject ?? "",
        Object.entries(detail)
          .map(([name, value]) => `${name}=${value}`)
          .join(" "),
      ]),
    ]),
  );
}
