/** What becomes of unsent text when a session is ended that nobody here wanted to end, and when its person is back. */
import type { Me } from "#protocol/http.ts";
import type { SessionId } from "#protocol/ids.ts";
import { keepSealKey, leave, readDevice } from "../db/device.ts";
import type { Disk } from "../db/open.ts";
import type { UnsentRow } from "../db/schema.ts";
import { countSealed, dropSealed, lose, putBack, readLosing, sealedFor } from "../db/sealed.ts";
import type { SealedCount } from "../db/sealed.ts";
import { settleJottings } from "../db/settle.ts";
import { ApiProblem } from "./api.ts";
import type { Api } from "./api.ts";
import { openSealed, sealOwn } from "./seal.ts";

export interface Keeping {
  /**
   * Wipes the device of the person of `session`, and keeps sealed what they had not got sent: what is on disk, and `loose`
   * from memory. False when the device is not in that session any more.
   */
  lose(session: SessionId, options?: { loose?: readonly UnsentRow[] }): Promise<boolean>;
  /** Their device from now on: gives `me` back what was sealed for them, and learns what to seal with the next time. */
  welcome(me: Me): Promise<void>;
  count(): Promise<SealedCount | null>;
  drop(): Promise<void>;
}

export interface KeepingEdges {
  disk: Disk;
  api: Pick<Api, "sealKey" | "openSeal">;
  subtle: SubtleCrypto | null;
  /** Rows were put back into the outbox. */
  restored(): void;
  failed(error: unknown): void;
}

export function createKeeping({ disk, api, subtle, restored, failed }: KeepingEdges): Keeping {
  async function giveBack(me: Me): Promise<void> {
    for (const sealed of await sealedFor(disk, me.id)) {
      const { secret } = sealed.seal ? await api.openSeal(sealed.seal) : { secret: null };
      if (await putBack(disk, { sealed, own: await openSealed(sealed, { subtle, secret }) })) restored();
    }
  }

  async function learn(me: Me): Promise<void> {
    const device = await readDevice(disk);
    if (device?.me.id !== me.id || device.seal) return;
    await keepSealKey({ disk, user: me.id }, await api.sealKey());
  }

  return {
    async lose(session, { loose = [] } = {}) {
      const device = await readDevice(disk);
      if (device?.me.session === session) await settleJottings({ disk, user: device.me.id });
      for (;;) {
        const losing = await readLosing(disk, session);
        if (!losing) return leave(disk, { session });
        const known = new Set(losing.unsent.map(({ cid }) => cid));
        const unsent = [...losing.unsent, ...loose.filter(({ cid }) => !known.has(cid))];
        const own = { unsent, drafts: losing.drafts };
        const empty = unsent.length + own.drafts.length === 0;
        const sealed = empty ? null : await sealOwn(own, { subtle, seal: losing.seal, user: losing.user });
        if (await lose(disk, { session, losing, sealed })) return true;
      }
    },
    async welcome(me) {
      try {
        await giveBack(me);
        await learn(me);
      } catch (error) {
        // Without the server it stays sealed; the next start asks again.
        if (!(error instanceof ApiProblem)) failed(error);
      }
    },
    count: () => countSealed(disk),
    drop: () => dropSealed(disk),
  };
}
