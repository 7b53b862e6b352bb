/** The notifier of a process, where this server sends notifications. */
import type { Logger } from "pino";
import { createSessions } from "../auth/sessions.ts";
import type { Adapters } from "../adapters.ts";
import { systemClock } from "../clock.ts";
import { createNotifier } from "./notifier.ts";
import type { Notifier, NotifierDeps } from "./notifier.ts";
import { createSendPush } from "./send.ts";

/** Null when this server sends no notifications. */
export function openNotifier(
  { db, store, vapid }: Pick<Adapters, "db" | "store" | "vapid">,
  { log, pushed }: { log: Logger; pushed: NotifierDeps["pushed"] },
): Notifier | null {
  if (vapid === null) return null;
  // Only asked whether sessions are open; nothing ends here.
  const { isOpen } = createSessions({ store, clock: systemClock, onEnded: () => {} });
  return createNotifier({ db, clock: systemClock, log, send: createSendPush(vapid), isOpen, pushed });
}
