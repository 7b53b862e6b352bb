/** What the configuration chose, as the rest of the server sees it: ports and clients, never which adapter. */
import type { Keys } from "./auth/keys.ts";
import type { Bus } from "./bus/bus.ts";
import type { Db } from "./db/connect.ts";
import type { Mailer } from "./mail/mailer.ts";
import type { Catcher } from "./mail/catcher.ts";
import type { Vapid } from "./push/vapid.ts";
import type { Store } from "./store/store.ts";

export interface Adapters {
  db: Db;
  /** One connection for the writer alone: a batch never waits behind what others read. */
  writes: Db;
  store: Store;
  bus: Bus;
  keys: Keys;
  /** Null: this server sends no notifications. */
  vapid: Vapid | null;
  mailer: Mailer;
  /** The embedded mailbox; null when mail goes to a real server. */
  catcher: Catcher | null;
  /** For the start-up log: the variable that named it, or `embedded`. */
  chosen: Record<"postgres" | "store" | "bus" | "mail", string>;
}
