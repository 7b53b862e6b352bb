/** A device of a person: the PWA's own `net/` and `db/` with a database, cookies, a clock and a network of its own. */
import type { Change } from "../../pwa/src/net/change.ts";
import type { Line } from "../../pwa/src/net/line.ts";
import { createTab, type Tab } from "../../pwa/src/net/tab.ts";
import { systemTime } from "../../pwa/src/net/time.ts";
import { ApiProblem } from "../../pwa/src/net/api.ts";
import { openDisk } from "../../pwa/src/db/open.ts";
import { unsentRows } from "../../pwa/src/db/unsent.ts";
import type { Dump } from "./dump.ts";
import type { Durable } from "./durable.ts";
import { createErrands, type Errands } from "./errands.ts";
import { createJar, type Jar } from "./jar.ts";
import { listenTo, type Listener, type ListenerOptions } from "./listen.ts";
import { createLocks } from "./locks.ts";
import { codeFor } from "./mailbox.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { createStorage } from "./storage.ts";
import type { Witness } from "./witness.ts";

export interface DeviceOptions {
  database: string;
  owner: { phone: string; email: string };
  /** By how much its clock is wrong. */
  clockOffMs: number;
  /** Whether its browser has Web Locks. */
  hasLocks: boolean;
  origin: string;
  mailbox: string;
  route: () => number | null;
  durable: Durable;
  witness: Witness;
  random: () => number;
  /** A mark was heard: `user` is said to have everything up to `seq`. */
  heardMark: ListenerOptions["heardMark"];
  /** Messages or marks were written on this device. */
  changed: (device: Device, change: Change) => void;
}

const BUILD = "9999-01-01T00:00:00.000Z";
const SIGN_IN_AGAIN_MS = 1_000;

export class Device {
  readonly database: string;
  readonly wire: Proxy;
  readonly errands: Errands;
  readonly hasLocks: boolean;
  /** Whether its person wants it to be signed in. */
  wanted: "in" | "out" = "in";
  /** When its person last signed out here: what was unsent then is gone by their own will. */
  leftAt = 0;
  /** Its person has no network, and knows it. */
  away = false;
  visible = true;
  clockOffMs: number;
  readonly #options: DeviceOptions;
  readonly #jar: Jar;
  readonly #listener: Listener;
  readonly #locks: LockManager | null;
  readonly #jottings = createStorage();
  /** Its person is putting on its way again what came back. */
  #asking: Promise<void> = Promise.resolve();
  #tabs: Tab[] = [];
  #opened = 0;
  #signing: Promise<void> | null = null;
  #closed = false;

  static async create(options: DeviceOptions): Promise<Device> {
    return new Device(options, await startProxy(options.route));
  }

  private constructor(options: DeviceOptions, wire: Proxy) {
    this.database = options.database;
    this.clockOffMs = options.clockOffMs;
    this.wire = wire;
    this.hasLocks = options.hasLocks;
    this.#options = options;
    this.#jar = createJar(options.origin);
    this.errands = createErrands({ ...options, jar: this.#jar, at: `http://127.0.0.1:${wire.port}` });
    this.#listener = listenTo({ ...options, user: () => this.#tabs[0]?.account.me()?.id });
    this.#locks = options.hasLocks ? createLocks() : null;
  }

  get tabs(): readonly Tab[] {
    return this.#tabs;
  }

  get lines(): Line[] {
    return this.#tabs.flatMap((tab) => tab.line() ?? []);
  }

  get isSignedIn(): boolean {
    return this.#tabs.some((tab) => tab.account.state() === "signedIn");
  }

  /** How often a tab sent what another one had sent. */
  get sentByTwo(): number {
    return this.#listener.sentByTwo();
  }

  /** Opens a tab, as by a click on the icon. */
  async openTab(): Promise<Tab> {
    const { witness, random } = this.#options;
    const number = ++this.#opened;
    const at = `127.0.0.1:${this.wire.port}`;
    const tab = createTab({
      build: BUILD,
      url: `ws://${at}/ws`,
      origin: `http://${at}`,
      database: this.database,
      openSocket: (url) => this.#listener.watch(this.#jar.openSocket(url), number),
      fetch: this.#jar.fetch,
      time: { now: () => systemTime.now() + this.clockOffMs, after: systemTime.after },
      random,
      locks: this.#locks,
      channel: new BroadcastChannel(this.database),
      visible: () => this.visible,
      jottings: this.#jottings,
      subtle: crypto.subtle,
      later: () => Promise.resolve(),
      persist: () => Promise.resolve(true),
      push: null,
      language: () => "en",
      report: (error) => (error instanceof ApiProblem ? undefined : witness.hearError(error)),
    });
    this.#tabs.push(tab);
    tab.on((change) => {
      if (change.kind === "account") void this.keepSignedIn();
      // One after the other: who asks twice for a message puts it behind those they asked for since.
      if (change.kind === "opened" || change.kind === "unsent")
        this.#asking = this.#asking.then(() => this.#sendHeld(tab));
      this.#options.changed(this, change);
    });
    await tab.account.restore();
    return tab;
  }

  /** What was sealed when the session was lost is theirs again, and asks before it is sent. */
  async #sendHeld(tab: Tab): Promise<void> {
    for (const { cid, standing } of tab.line()?.unsent() ?? []) {
      if (standing !== "held") continue;
      this.#options.witness.saw(cid, `asked for again on ${this.database}`);
      await tab.line()?.sendAgain(cid);
    }
  }

  async closeTab(tab: Tab): Promise<void> {
    this.#tabs = this.#tabs.filter((other) => other !== tab);
    await tab.close();
  }

  async reload(): Promise<void> {
    for (const tab of this.#tabs) {
      await this.closeTab(tab);
      await this.openTab();
    }
  }

  /** Signs in as its person does, as often as it takes; nothing to do when signed in. */
  keepSignedIn(): Promise<void> {
    this.#signing ??= this.#signInUntilIn().finally(() => (this.#signing = null));
    return this.#signing;
  }

  async #signInUntilIn(): Promise<void> {
    while (this.#mustSignIn()) {
      const waitMs = await this.#trySignIn();
      if (waitMs > 0) await Bun.sleep(waitMs);
    }
  }

  #mustSignIn(): boolean {
    const state = this.#tabs[0]?.account.state();
    return this.wanted === "in" && !this.#closed && state === "signedOut";
  }

  /** Answers how long to wait before another try; 0 when it is in. */
  async #trySignIn(): Promise<number> {
    const { owner, mailbox } = this.#options;
    const account = this.#tabs[0]?.account;
    if (!account) return SIGN_IN_AGAIN_MS;
    try {
      const since = Date.now();
      await account.askCode({ phone: owner.phone });
      const code = await codeFor(owner.email, { mailbox, since });
      if (code === null) return SIGN_IN_AGAIN_MS;
      await account.signIn({ phone: owner.phone, code });
      return 0;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return error.retryAfterMs ?? SIGN_IN_AGAIN_MS;
    }
  }

  async signOut(): Promise<void> {
    this.wanted = "out";
    this.leftAt = Date.now();
    await this.#tabs[0]?.account.signOut().catch(this.#options.witness.hearError);
    this.leftAt = Date.now();
  }

  async signInAgain(): Promise<void> {
    this.wanted = "in";
    await this.keepSignedIn();
  }

  shown(visible: boolean): void {
    this.visible = visible;
    for (const line of this.lines) line.shown(visible);
  }

  /** How many messages lie sealed on it. */
  async sealed(): Promise<number> {
    return (await this.#tabs[0]?.sealed.count())?.messages ?? 0;
  }

  /** Everything on its disk, as of one moment. */
  async dump(): Promise<Dump> {
    const disk = openDisk({ name: this.database });
    const found = await disk.read(async (tx) => {
      const row = await tx.objectStore("meta").get("device");
      return {
        device: row?.only === "device" ? row : null,
        conversations: await tx.objectStore("conversations").getAll(),
        messages: await tx.objectStore("messages").getAll(),
        outbox: await unsentRows(tx),
        sealed: await tx.objectStore("sealed").count(),
      };
    });
    await disk.close();
    return found;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.errands.giveUp();
    for (const tab of this.#tabs) await tab.close();
    await this.wire.close();
  }
}
