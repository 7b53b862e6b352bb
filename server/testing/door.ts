/** For tests only: the doors of auth and contacts on a real port, with a borrowed clock, and browsers that knock on them. */
import { Elysia } from "elysia";
import type { Logger } from "pino";
import type { SessionAnswer } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { accountRoutes } from "../account/routes.ts";
import { createDeletion } from "../account/deletion.ts";
import { createParting } from "../account/parting.ts";
import { createAccountThrottle } from "../account/throttle.ts";
import { createAdminGuard } from "../admin/guard.ts";
import { adminRoutes } from "../admin/routes.ts";
import { createSystem } from "../admin/system.ts";
import { addUser } from "../admin/users.ts";
import { createAdmit } from "../auth/admission.ts";
import { createAfterwards } from "../auth/afterwards.ts";
import { createAnnounce } from "../auth/announce.ts";
import { createClientIp } from "../auth/client_ip.ts";
import type { Mail } from "../auth/code_mail.ts";
import { createCodes } from "../auth/codes.ts";
import { createCookies } from "../auth/cookies.ts";
import { createGuard } from "../auth/guard.ts";
import { createKeys } from "../auth/keys.ts";
import type { Keys } from "../auth/keys.ts";
import { createKnownBrowsers } from "../auth/known_browser.ts";
import { withinBudget } from "../auth/mail_budget.ts";
import type { MailBudgetDeps } from "../auth/mail_budget.ts";
import { originCheck } from "../auth/origin.ts";
import { authRoutes } from "../auth/routes.ts";
import { sealRoutes } from "../auth/seal_routes.ts";
import { createSeals } from "../auth/seals.ts";
import { createSessions } from "../auth/sessions.ts";
import { createSignIn } from "../auth/signin.ts";
import { createThrottle } from "../auth/throttle.ts";
import type { ThrottleDeps } from "../auth/throttle.ts";
import { contactRoutes } from "../contacts/routes.ts";
import type { Db } from "../db/connect.ts";
import { bodyCheck } from "../http_body.ts";
import { httpErrors } from "../http_errors.ts";
import type { Appended } from "../inbox/append.ts";
import { readOutbox } from "../inbox/outbox.ts";
import { createInvites } from "../invites/invites.ts";
import { createJoining } from "../invites/joining.ts";
import { inviteRoutes } from "../invites/routes.ts";
import { createInviteThrottle } from "../invites/throttle.ts";
import { profileRoutes } from "../profile/routes.ts";
import { createOldestRow } from "../retention/oldest.ts";
import { lastPurgeAt } from "../retention/purge.ts";
import { createPresence } from "../presence/presence.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { browserAt } from "./browser.ts";
import type { Browser } from "./browser.ts";
import { quietLog } from "./quiet.ts";

const PLENTY = 1_000;

let lastPerson = 100;

/** A number that nobody else in this process has: the fictional ones, then whatever follows. */
export function newNumber(): string {
  lastPerson += 1;
  return `+1202555${String(lastPerson).padStart(4, "0")}`;
}

type SignInLimits = ThrottleDeps["limits"] & MailBudgetDeps["limits"];

export interface DoorOptions {
  db: Db;
  clock: () => number;
  log?: Logger;
  /** Random ones unless given. */
  keys?: Keys;
  /** One in memory unless given. */
  store?: Store;
  /** Looks on as the store is used. */
  watch?: (store: Store) => Store;
  sendMail?: (mail: Mail) => Promise<void>;
  verifyMail?: () => Promise<void>;
  limits?: Partial<SignInLimits>;
  /** Everybody in a test comes from this machine: unless told otherwise it is a proxy, and may say who asks. */
  trustedProxies?: string[];
}

export interface DoorPerson {
  id: UserId;
  phone: string;
  email: string;
}

export type Door = ReturnType<typeof openDoor>;

export function openDoor({ db, clock, log = quietLog, ...options }: DoorOptions) {
  const store = options.store ?? createSqliteStore(":memory:", { clock });
  const used = options.watch?.(store) ?? store;
  const keys = options.keys ?? createKeys([{ id: "k1", bytes: crypto.getRandomValues(new Uint8Array(32)) }]);
  const limits = {
    codesPerNumberHour: PLENTY,
    codesPerIpHour: PLENTY,
    codesPerMinute: PLENTY,
    triesPerIpHour: PLENTY,
    mailsPerAddressHour: PLENTY,
    mailsPerHour: PLENTY,
    ...options.limits,
  };
  const mails: Mail[] = [];
  const ended: string[] = [];
  const told: Appended[] = [];
  const appended = (one: Appended) => void told.push(one);
  const sessions = createSessions({
    store: used,
    clock,
    onEnded: ({ id }, why) => void ended.push(`${why} ${id}`),
  });
  const codes = createCodes({ store: used, keys });
  const throttle = createThrottle({ store: used, keys, limits });
  const afterwards = createAfterwards({ log, delayMs: () => 0 });
  const send = options.sendMail ?? (async (mail: Mail) => void mails.push(mail));
  const sendMail = withinBudget(send, { store: used, keys, limits });
  const accountThrottle = createAccountThrottle({ store: used });
  const presence = createPresence({ store: used, clock, log, announce: async () => {} });
  const common = { db, keys, clock, sessions, codes, throttle, appended, origin: "a test" };
  const deletion = createDeletion({ ...common, log, presence, accountThrottle });
  const knownBrowsers = createKnownBrowsers({ keys });
  const announce = createAnnounce({ db, origin: "a test", appended });
  const mailing = { sendMail, afterwards, publicOrigin: null };
  const admit = createAdmit({ ...common, ...mailing, knownBrowsers, announce });
  const entering = { ...common, ...mailing, knownBrowsers, admit };
  const signingIn = createSignIn(entering);
  const inviteThrottle = createInviteThrottle({ store: used, throttle, limits });
  const cookies = createCookies({ publicOrigin: null });
  const guard = createGuard({ sessions, cookies, takeRequest: () => 0 });
  const changing = { db, clock, guard, instance: "the door", appended };
  const clientIp = createClientIp(options.trustedProxies ?? ["127.0.0.0/8", "::1"]);
  const app = new Elysia()
    .use(httpErrors({ log }))
    .use(originCheck({ publicOrigin: null, corsOrigins: [] }))
    .use(bodyCheck())
    .use(authRoutes({ db, keys, guard, cookies, clientIp, sessions, signIn: signingIn }))
    .use(sealRoutes({ guard, seals: createSeals({ keys }) }))
    .use(
      accountRoutes({
        db,
        keys,
        sessions,
        guard,
        clock,
        cookies,
        throttle: accountThrottle,
        parting: createParting({
          db,
          keys,
          codes,
          throttle: accountThrottle,
          deletion,
          sendMail,
          afterwards,
          publicOrigin: null,
        }),
      }),
    )
    .use(contactRoutes({ ...changing, takeCommand: () => 0 }))
    .use(
      inviteRoutes({
        guard,
        cookies,
        clientIp,
        invites: createInvites({ ...common, throttle: accountThrottle }),
        joining: createJoining({ ...entering, inviteThrottle }),
        throttle: inviteThrottle,
        takeCommand: () => 0,
      }),
    )
    .use(profileRoutes({ ...changing, takeChange: async () => {} }))
    .use(
      adminRoutes({
        acts: { ...common, deletion },
        guard: createAdminGuard({ db, sessions, cookies }),
        system: createSystem({
          db,
          store: used,
          clock,
          dependencies: async () => ({ store: { state: "up", latencyMs: 1 } }),
          verifyMail: options.verifyMail ?? (async () => {}),
          outbox: () => readOutbox(db),
          oldestRowAt: createOldestRow(db),
          lastPurgeAt: () => lastPurgeAt(db),
        }),
      }),
    )
    .listen({ port: 0, hostname: "127.0.0.1", reusePort: false });
  const url = `http://127.0.0.1:${app.server?.port}`;

  async function addPerson(name: string): Promise<DoorPerson> {
    const phone = newNumber();
    const email = `${name.toLowerCase()}${phone.slice(1)}@example.org`;
    return { id: await addUser({ db, keys, clock }, { name, phone, email }), phone, email };
  }

  /** Asks, and reads the code in the mail. */
  async function askForCode(browser: Browser, phone: string): Promise<string> {
    await browser.post("/api/auth/code", { phone });
    await afterwards.settled();
    const code = /^\d{6}$/m.exec(mails.at(-1)?.text ?? "")?.[0];
    if (code === undefined) throw new Error("no mail with a code came");
    return code;
  }

  async function signIn(browser: Browser, phone: string): Promise<SessionAnswer> {
    const code = await askForCode(browser, phone);
    const answer = await browser.post("/api/auth/session", { phone, code });
    if (answer.status !== 201) throw new Error(`signing in: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as SessionAnswer;
  }

  return {
    db,
    keys,
    clock,
    sessions,
    codes,
    throttle,
    deletion,
    presence,
    store,
    mails,
    /** What would have been fanned out and published. */
    told,
    /** Sessions that were ended, as "why id". */
    ended,
    browser: (headers?: Record<string, string>) => browserAt(url, headers),
    /** Resolves when every mail that was begun is sent. */
    mailed: afterwards.settled,
    addPerson,
    askForCode,
    signIn,
    async close() {
      await app.stop(true);
      await store.close();
    },
  };
}
