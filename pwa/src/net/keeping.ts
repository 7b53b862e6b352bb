/** What becomes of unsent text when a session is ended that nobody here wanted to end, and when its person is back. */
import type { Me } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { keepSealKey, NotOurs, readDevice, readEnded } from "../db/device.ts";
import { keepLate, lateOf } from "../db/late.ts";
import type { Disk } from "../db/open.ts";
import type { DraftRow, UnsentRow } from "../db/schema.ts";
import { countSealed, dropSealed, lose, putBack, readLosing, sealedFor } from "../db/sealed.ts";
import type { Losing, Own, SealedCount } from "../db/sealed.ts";
import { settleJottings } from "../db/settle.ts";
import { ApiProblem } from "./api.ts";
import type { Api } from "./api.ts";
import { oneByOne } from "./one_by_one.ts";
import { openSealed, sealOwn } from "./seal.ts";
import type { Time } from "./time.ts";

/** When the server could not be asked, it is asked again after this long, unless it names a time. */
const AGAIN_MS = 10_000;

/** Whose session it was. */
type Whose = Pick<Me, "id" | "session">;

export interface Keeping {
  /**
   * Wipes the device of the person whose session it was, and keeps sealed what they had not got sent: what is on disk, and
   * `loose` from memory. A device that was wiped before keeps what came too late for that. False when it is in another session
   * by now.
   */
  lose(whose: Whose, options?: { loose?: readonly UnsentRow[] }): Promise<boolean>;
  /** On a device that is nobody's: seals what a tab that is gone has left jotted down for who lost it, and forgets the rest. */
  tidy(): Promise<void>;
  /**
   * Their device from now on: gives `me` back what was sealed for them, and learns what to seal with the next time. What the
   * server cannot be asked now is asked later.
   */
  welcome(me: Me): Promise<void>;
  count(): Promise<SealedCount | null>;
  drop(): Promise<void>;
  close(): void;
}

export interface KeepingEdges {
  disk: Disk;
  api: Pick<Api, "sealKey" | "openSeal">;
  subtle: SubtleCrypto | null;
  time: Time;
  /** Rows of `user` were put back into the outbox; `drafts` are what theirs are now. */
  restored(user: UserId, drafts: readonly DraftRow[]): void;
  failed(error: unknown): void;
}

export function createKeeping({ disk, api, subtle, time, restored, failed }: KeepingEdges): Keeping {
  let cancelAgain: (() => void) | null = null;
  /** One after the other: what is jotted down is sealed once. */
  const inTurn = oneByOne();

  async function giveBack(me: Me): Promise<void> {
    for (const sealed of await sealedFor(disk, me.id)) {
      const { secret } = sealed.seal ? await api.openSeal(sealed.seal) : { secret: null };
      const drafts = await putBack(disk, { sealed, own: await openSealed(sealed, { subtle, secret }) });
      if (drafts) restored(me.id, drafts);
    }
  }

  async function learn(me: Me): Promise<void> {
    const device = await readDevice(disk);
    if (device?.me.id !== me.id || device.seal) return;
    await keepSealKey({ disk, user: me.id }, await api.sealKey());
  }

  async function welcome(me: Me): Promise<void> {
    cancelAgain?.();
    try {
      await giveBack(me);
      await learn(me);
    } catch (error) {
      if (!(error instanceof ApiProblem)) return failed(error);
      if (error.code === "not_signed_in") return;
      cancelAgain = time.after(error.retryAfterMs ?? AGAIN_MS, () => void welcome(me));
    }
  }

  /** Seals all there is, until nobody has added to it meanwhile. */
  async function sealAll(whose: Whose, loose: readonly UnsentRow[]): Promise<boolean> {
    for (;;) {
      const losing = await settled(whose);
      if (!losing) break;
      const known = new Set(losing.unsent.map(({ cid }) => cid));
      const own = { ...losing, unsent: [...losing.unsent, ...loose.filter(({ cid }) => !known.has(cid))] };
      const sealed = isNothing(own) ? null : await sealOwn(own, { subtle, ...losing });
      if (!(await lose(disk, { session: whose.session, losing, sealed }))) continue;
      await sealLate(whose, { known: own });
      return true;
    }
    await sealLate(whose, { loose });
    return (await readDevice(disk)) === null;
  }

  /** What they would lose, jottings included; null when the device is not in that session any more. */
  async function settled({ id: user, session }: Whose): Promise<Losing | null> {
    try {
      if ((await readLosing(disk, session)) !== null) await settleJottings({ disk, user });
    } catch (error) {
      if (!(error instanceof NotOurs)) throw error;
    }
    return readLosing(disk, session);
  }

  /** Who signed out here wanted nothing kept. Where nothing is known of the end, what is there is kept as it is. */
  async function sealLate(
    { id: user, session }: Whose,
    found: { loose?: readonly UnsentRow[]; known?: Own },
  ): Promise<void> {
    const ended = await readEnded(disk);
    const { lost } = ended?.session === session ? ended : { lost: { seal: null } };
    const late = lateOf(disk, user, found);
    if (lost && !isNothing(late)) {
      const sealed = await sealOwn(late, { subtle, seal: lost.seal, user });
      const drafts = await keepLate(disk, { user, late, sealed });
      if (drafts) restored(user, drafts);
    }
    late.strike();
  }

  async function tidy(): Promise<void> {
    const ended = await readEnded(disk);
    if (ended?.lost) await sealLate({ id: ended.lost.user, session: ended.session }, {});
    disk.jotter.clear();
  }

  return {
    lose(whose, { loose = [] } = {}) {
      cancelAgain?.();
      return inTurn(() => sealAll(whose, loose));
    },
    tidy: () => inTurn(tidy),
    welcome,
    count: () => countSealed(disk),
    drop: () => dropSealed(disk),
    close: () => cancelAgain?.(),
  };
}

function isNothing({ unsent, drafts }: Own): boolean {
  return unsent.length + drafts.length === 0;
}
