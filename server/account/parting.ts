/**
 * Asking for the end of one's account: being signed in is not enough, since a session can be in the wrong hands. A code goes to the
 * person's address, and whoever shows it, in the browser that asked, means it.
 */
import type { Sql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import type { Afterwards } from "../auth/afterwards.ts";
import type { Mail } from "../auth/code_mail.ts";
import type { Codes } from "../auth/codes.ts";
import type { Keys } from "../auth/keys.ts";
import { selectById } from "../auth/queries.ts";
import type { Session } from "../auth/sessions.ts";
import type { Config } from "../config.ts";
import { Refusal } from "../problem.ts";
import type { Deletion } from "./deletion.ts";
import { deletionCodeMail, farewellMail } from "./deletion_mails.ts";
import { partingName } from "./parting_name.ts";
import type { AccountThrottle } from "./throttle.ts";

export interface Parting {
  /** Sends the code. Throws `rate_limited`. The challenge is for the asking browser. */
  askForCode(session: Session, options: { challenge: string | null }): Promise<{ challenge: string }>;
  /** Ends the account. Throws `code_wrong`, `code_expired` or `code_locked`. */
  confirm(session: Session, shown: { code: string; challenge: string | null }): Promise<void>;
}

export interface PartingDeps {
  db: Sql;
  keys: Keys;
  codes: Codes;
  throttle: AccountThrottle;
  deletion: Pick<Deletion, "end">;
  sendMail: (mail: Mail) => Promise<unknown>;
  afterwards: Afterwards;
  publicOrigin: Config["publicOrigin"];
}

export function createParting(deps: PartingDeps): Parting {
  const { db, keys, codes, throttle, deletion, publicOrigin: origin } = deps;

  async function addressOf(user: UserId): Promise<string> {
    const account = await selectById(db, user);
    if (account === null) throw new Refusal("not_signed_in", { detail: "the end of an unknown account" });
    return keys.open(account.emailSealed, { user, field: "email" });
  }

  return {
    async askForCode({ id, user }, { challenge: replaces }) {
      const name = partingName(user);
      const to = await addressOf(user);
      await codes.startWait(name, id);
      await throttle.parting(user);
      const { code, challenge } = await codes.make(name, { known: true, replaces });
      deps.afterwards.run("sending a code to end an account", async () => {
        await deps.sendMail(deletionCodeMail({ to, code, origin }));
      });
      return { challenge };
    },
    async confirm({ id, user }, { code, challenge }) {
      await codes.use(partingName(user), { code, challenge, asker: id });
      const to = await addressOf(user);
      await deletion.end(user);
      deps.afterwards.run("sending the last mail of an account", async () => {
        await deps.sendMail(farewellMail({ to, origin }));
      });
    },
  };
}
