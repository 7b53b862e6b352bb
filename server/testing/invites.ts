/**
 * For measuring only: puts invites of one person into the database, far more than a person may make, and prints their tokens by
 * what became of them, as one line of JSON.
 *
 * usage: bun server/testing/invites.ts --by USER --open 10 --used 10 --expired 10     (environment as the server's)
 */
import { parseArgs } from "node:util";
import type { EpochMs, InviteId, UserId } from "#protocol/ids.ts";
import { INVITE_TTL_MS } from "#protocol/limits.ts";
import { hashToken, makeToken } from "../auth/tokens.ts";
import { systemClock } from "../clock.ts";
import { readConfig } from "../config.ts";
import { connect } from "../db/connect.ts";
import { insertInvite, useUp } from "../invites/queries.ts";

const { values } = parseArgs({
  options: {
    by: { type: "string" },
    open: { type: "string", default: "0" },
    used: { type: "string", default: "0" },
    expired: { type: "string", default: "0" },
  },
});
const inviter = values.by as UserId;
const db = connect(readConfig().databaseUrl ?? "", { maxConnections: 1 });
const now = systemClock();
const made = {
  open: await make(Number(values.open), { at: now }),
  used: await make(Number(values.used), { at: now, used: true }),
  expired: await make(Number(values.expired), { at: now - INVITE_TTL_MS }),
};
process.stdout.write(`${JSON.stringify(made)}\n`);
await db.end();

async function make(count: number, { at, used = false }: { at: EpochMs; used?: boolean }): Promise<string[]> {
  const tokens = Array.from({ length: count }, makeToken);
  await db.begin(async (tx) => {
    for (const token of tokens) {
      const id = crypto.randomUUID() as InviteId;
      await insertInvite(tx, { id, tokenHash: hashToken(token), inviter, at });
      if (used) await useUp(tx, id, { by: null, at });
    }
  });
  return tokens;
}
