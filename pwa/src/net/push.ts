/**
 * Notifications of this device. Three must agree: the person's wish, kept on the device; the browser's subscription, which may be
 * lost without a word; and the server's copy of it. Each start brings the other two back to the wish.
 */
import type { PushAnswer } from "#protocol/http.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { writeAs } from "../db/device.ts";
import type { Disk } from "../db/open.ts";
import { QUIET } from "../db/schema.ts";
import type { NotificationRow } from "../db/schema.ts";
import type { Api } from "./api.ts";
import { oneByOne } from "./one_by_one.ts";

/** What the browser knows of a subscription: the address of its push service, and keys in base64url. */
export interface BrowserSubscription {
  endpoint: string;
  p256dh: string;
  auth: string;
  /** The server key that it was made with. */
  publicKey: string;
}

/** The browser's part. `composables/push.ts` has the real one. */
export interface PushBrowser {
  permission(): "default" | "granted" | "denied";
  /** Asks the person; only in answer to something that they did. */
  ask(): Promise<"default" | "granted" | "denied">;
  subscription(): Promise<BrowserSubscription | null>;
  /** Rejects when the browser's push service cannot be reached. */
  subscribe(publicKey: string): Promise<BrowserSubscription>;
  unsubscribe(): Promise<void>;
}

/**
 * - `unknown`: not looked at yet.
 * - `unable`: this browser has no notifications, or not yet (on iOS the app must be installed first).
 * - `unoffered`: this server sends none.
 * - `blocked`: the person has told the browser to let none through.
 * - `broken`: wanted, but the browser's push service or the server could not be asked; tried again at the next start.
 */
export type PushState = "unknown" | "unable" | "unoffered" | "blocked" | "off" | "on" | "broken";

export interface PushView {
  state: PushState;
  /** What the person chose for this device. */
  choice: Omit<NotificationRow, "only">;
  /** The last push to this device and what the push service said; null when there was none. */
  last: { at: EpochMs; result: "sent" | "gone" | "refused" | "later" } | null;
}

/**
 * The switch of it. Until the first look is done it stands where the person left it, and can be turned all the same: that comes
 * after the look. It cannot be turned only where there is an obstacle, which is told beside it.
 */
export function switchOf({ state, choice }: PushView): { on: boolean; turnable: boolean } {
  switch (state) {
    case "unknown":
      return { on: choice.wanted, turnable: true };
    case "on":
    case "off":
    case "broken":
      return { on: state === "on", turnable: true };
    case "unable":
    case "unoffered":
    case "blocked":
      return { on: false, turnable: false };
    default:
      return state satisfies never;
  }
}

export type PushChoice = Partial<Pick<NotificationRow, "preview" | "sound" | "vibrate">>;

export interface Push {
  view(): PushView;
  /** Looks at all three, and brings them together. Resolves when that was done, or cannot be done now. */
  refresh(): Promise<void>;
  /** In answer to a click: asks the person if the browser has to. Throws `ApiProblem`. */
  turnOn(): Promise<void>;
  turnOff(): Promise<void>;
  choose(choice: PushChoice): Promise<void>;
}

export interface PushEdges {
  disk: Disk;
  user: UserId;
  api: Pick<Api, "push" | "putPush" | "deletePush">;
  /** Null where there are no notifications. */
  browser: PushBrowser | null;
  /** Of the words that the worker shows. */
  language: () => string;
  changed(): void;
  failed(error: unknown): void;
}

export function createPush({ disk, user, api, browser, language, changed, failed }: PushEdges): Push {
  let view: PushView = { state: "unknown", choice: QUIET, last: null };
  /** A look that is under way must not undo what the person turns meanwhile. */
  const inTurn = oneByOne();

  function show(part: Partial<PushView>): void {
    view = { ...view, ...part };
    changed();
  }

  async function look(): Promise<void> {
    const choice = await readChoice();
    show({ choice });
    if (browser === null) return show({ state: "unable" });
    try {
      await compare(browser, choice);
    } catch (error) {
      show({ state: choice.wanted ? "broken" : "off" });
      failed(error);
    }
  }

  async function compare(known: PushBrowser, { wanted }: PushView["choice"]): Promise<void> {
    const answer = await api.push();
    if (answer.publicKey === null) return show({ state: "unoffered" });
    if (known.permission() === "denied") return show({ state: "blocked" });
    if (wanted && known.permission() === "granted") return subscribe(known, answer.publicKey);
    show({ state: "off" });
  }

  /** The server is told each time: it forgets a subscription that its push service called gone. */
  async function subscribe(known: PushBrowser, publicKey: string): Promise<void> {
    const held = await known.subscription();
    if (held !== null && held.publicKey !== publicKey) await known.unsubscribe();
    const made = held?.publicKey === publicKey ? held : await known.subscribe(publicKey);
    await tell(made);
  }

  async function tell({ endpoint, p256dh, auth }: BrowserSubscription): Promise<void> {
    const answer = await api.putPush({ endpoint, p256dh, auth, preview: view.choice.preview });
    show({ state: "on", last: lastOf(answer) });
  }

  async function turnOn(): Promise<void> {
    if (browser === null) return;
    if ((await browser.ask()) !== "granted") {
      return show({ state: browser.permission() === "denied" ? "blocked" : "off" });
    }
    await inTurn(() => begin(browser));
  }

  async function begin(asked: PushBrowser): Promise<void> {
    await keep({ wanted: true });
    const { publicKey } = await api.push();
    if (publicKey === null) return show({ state: "unoffered" });
    await subscribe(asked, publicKey).catch((error: unknown) => {
      show({ state: "broken" });
      throw error;
    });
  }

  async function end(): Promise<void> {
    await keep({ wanted: false });
    show({ state: "off", last: null });
    await browser?.unsubscribe();
    await api.deletePush();
  }

  async function choose(choice: PushChoice): Promise<void> {
    await keep(choice);
    await inTurn(() => tellAgain(choice));
  }

  async function tellAgain(choice: PushChoice): Promise<void> {
    const held = choice.preview === undefined || view.state !== "on" ? null : await browser?.subscription();
    if (held) await tell(held);
  }

  async function readChoice(): Promise<PushView["choice"]> {
    const row = await disk.read((tx) => tx.objectStore("meta").get("notifications")).catch(failed);
    return row?.only === "notifications" ? row : { ...QUIET, language: language() };
  }

  async function keep(part: Partial<PushView["choice"]>): Promise<void> {
    const choice = { ...view.choice, ...part, language: language() };
    await writeAs({ disk, user }, async (tx) => {
      await tx.objectStore("meta").put({ ...choice, only: "notifications" });
    });
    show({ choice });
  }

  return {
    view: () => view,
    refresh: () => inTurn(look),
    turnOn,
    turnOff: () => inTurn(end),
    choose,
  };
}

function lastOf({ subscription }: PushAnswer): PushView["last"] {
  if (!subscription || subscription.lastAt === null || subscription.lastResult === null) return null;
  return { at: subscription.lastAt, result: subscription.lastResult };
}
