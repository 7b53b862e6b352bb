/**
 * Who is signed in on this device. The device's own copy is believed first, so that the app opens offline; the server's
 * word overrules it as soon as it is heard. The copy names the session, and only the end of that very session wipes it.
 */
import type {
  CodeAnswer,
  CodeRequest,
  JoinRequest,
  Me,
  SessionAnswer,
  SessionRequest,
  SessionRow,
} from "#protocol/http.ts";
import type { Profile } from "#protocol/frames.ts";
import type { SessionId } from "#protocol/ids.ts";
import { adopt, hasLeft, isLeaving, leave, readDevice } from "../db/device.ts";
import type { Disk } from "../db/open.ts";
import { refill } from "../db/refill.ts";
import type { UnsentRow } from "../db/schema.ts";
import type { Own } from "../db/sealed.ts";
import { ApiProblem } from "./api.ts";
import type { Api } from "./api.ts";
import type { Channel } from "./channel.ts";
import type { Keeping } from "./keeping.ts";

export type AccountState = "unknown" | "signedOut" | "signedIn";

export interface Account {
  state(): AccountState;
  me(): Me | null;
  /** Resolves as soon as `state` is known: from the device at once, else after asking the server. */
  restore(): Promise<void>;
  /** Asks the server whether the session still is. Resolves whatever it said. */
  verify(): Promise<void>;
  askCode(request: CodeRequest): Promise<CodeAnswer>;
  signIn(request: SessionRequest): Promise<void>;
  /** Comes in by an invite, and is signed in. */
  join(request: JoinRequest): Promise<void>;
  /** Wipes the device at once; a server that is out of reach is told later. */
  signOut(): Promise<void>;
  /**
   * The server, or another tab, has said that `session` ended: revoked, run out, or lost. Nobody at this device wanted that,
   * so what the person has not got sent is sealed here until they are back.
   */
  ended(session: SessionId, options: { by: "server" | "tab" }): Promise<void>;
  /**
   * The device is not `me`'s as this tab knew it. A browser may have emptied it: then what this tab remembers, `own`, is put
   * back, and nobody is signed out. Otherwise what only this tab has, `loose`, is sealed, and the device says who is here.
   */
  displaced(had: { own: Own | null; loose: readonly UnsentRow[] }): Promise<void>;
  /** The server has told what the person shows of themselves; it is on the device already. */
  told(profile: Profile): void;
  /** Where this person is signed in, newest use first. */
  devices(): Promise<SessionRow[]>;
  /** Signs out another device of this person. */
  endDevice(session: SessionId): Promise<void>;
  /** Signs out every device of this person but this one. */
  endOtherDevices(): Promise<void>;
  /** A document of everything that the server holds about this person. */
  exported(): Promise<Blob>;
  /** Has a code mailed that ends the account. */
  askEnd(): Promise<CodeAnswer>;
  /** Ends the account, with that code, and wipes the device. */
  endAccount(code: string): Promise<void>;
}

export interface AccountEdges {
  disk: Disk;
  api: Api;
  channel: Channel;
  keeping: Keeping;
  /** Unsent messages that only this tab has, because the disk did not take them. */
  loose(): readonly UnsentRow[];
  /** `me` changed: another person, or nobody. Told after the device was changed accordingly. */
  changed(): void;
  failed(error: unknown): void;
}

export function createAccount(edges: AccountEdges): Account {
  const { disk, api, channel, keeping, loose, changed, failed } = edges;
  let state: AccountState = "unknown";
  let me: Me | null = null;
  /** Counts changes of mind: an answer to a question from before the last one is void. */
  let turn = 0;
  /** The session that its person is ending here. */
  let parting: SessionId | null = null;

  function become(next: Me | null): void {
    turn += 1;
    state = next ? "signedIn" : "signedOut";
    me = next;
    changed();
  }

  async function restore(): Promise<void> {
    const device = await readDevice(disk).catch(failed);
    if (device) become(device.me);
    else if (device === null) {
      await keeping.tidy().catch(failed);
      if (me) become(null);
    }
    const verified = verify();
    if (!device) await verified;
  }

  async function verify(): Promise<void> {
    const asked = turn;
    try {
      await tellLeaving();
      const now = await api.me();
      if (turn !== asked) return;
      const moved = await moveIn(now, { anew: false });
      if (turn === asked) become(moved ? now : null);
    } catch (error) {
      if (!(error instanceof ApiProblem)) return failed(error);
      if (turn !== asked) return;
      if (error.code === "not_signed_in" && me) await ended(me.session, { by: "server" });
      else if (state === "unknown") become(null);
      else if (me) await keeping.welcome(me);
    }
  }

  /**
   * Makes this the device of `next`. Whoever was here before keeps, sealed, what they had not got sent. False when `next` is not
   * here `anew` and has signed out of this session in another tab: an answer that was on its way does not undo that.
   */
  async function moveIn(next: Me, { anew }: { anew: boolean }): Promise<boolean> {
    try {
      const device = await readDevice(disk);
      if (!device) await keeping.tidy();
      else if (device.me.id !== next.id) await keeping.lose(device.me);
      if (!(await adopt(disk, next, { anew }))) return false;
    } catch (error) {
      failed(error);
    }
    await keeping.welcome(next);
    return true;
  }

  /** Somebody signed out here while offline: their session must not open again by itself. */
  async function tellLeaving(): Promise<void> {
    const leaving = await isLeaving(disk).catch(failed);
    if (!leaving) return;
    await endSession();
    await hasLeft(disk);
  }

  async function endSession(): Promise<void> {
    try {
      await api.signOut();
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === "not_signed_in")) throw error;
    }
  }

  async function enter(ask: () => Promise<SessionAnswer>): Promise<void> {
    await ask();
    await hasLeft(disk).catch(failed);
    const now = await api.me();
    await moveIn(now, { anew: true });
    become(now);
    channel.say({ type: "session.began" });
  }

  async function signOut(): Promise<void> {
    if (!me) return;
    const { session } = me;
    await wipe(session, { toTell: true });
    try {
      await endSession();
      await hasLeft(disk);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
    }
  }

  async function endAccount(code: string): Promise<void> {
    if (!me) return;
    const { session } = me;
    parting = session;
    try {
      await api.endAccount(code);
      // Also what is not sent: nobody will ever be back for it.
      await wipe(session, { toTell: false });
    } finally {
      parting = null;
    }
  }

  /** Nobody is told that it is done before it is: whoever reads so may close the page at once, and a write under way with it. */
  async function wipe(session: SessionId, { toTell }: { toTell: boolean }): Promise<void> {
    parting = session;
    await leave(disk, { session, toTell }).catch(failed);
    parting = null;
    become(null);
    channel.say({ type: "session.ended", session });
  }

  async function ended(session: SessionId, { by }: { by: "server" | "tab" }): Promise<void> {
    // While it is being ended here, its sockets may close before that is done.
    if (me?.session !== session || session === parting) return;
    const [whose, unkept] = [me, loose()];
    become(null);
    // Also when another tab was first: it does not know what only this one has.
    const wiped = await keeping.lose(whose, { loose: unkept }).catch(failed);
    // Told when there is something to look at: what is sealed here.
    if (by === "server") channel.say({ type: "session.ended", session });
    changed();
    if (wiped === false) await restore();
  }

  async function displaced({ own, loose }: Parameters<Account["displaced"]>[0]): Promise<void> {
    const was = me;
    if (was && own && (await refill(disk, { me: was, own }))) return changed();
    if (was) await keeping.lose(was, { loose }).catch(failed);
    await restore();
  }

  function told(profile: Profile): void {
    if (me?.id !== profile.id) return;
    me = { ...me, ...profile };
    changed();
  }

  return {
    state: () => state,
    me: () => me,
    restore,
    verify,
    askCode: api.askCode,
    signIn: (request) => enter(() => api.signIn(request)),
    join: (request) => enter(() => api.join(request)),
    signOut,
    ended,
    displaced,
    told,
    devices: api.sessions,
    endDevice: api.endSession,
    endOtherDevices: api.endOtherSessions,
    exported: api.exported,
    askEnd: api.askEnd,
    endAccount,
  };
}
