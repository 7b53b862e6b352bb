/**
 * How the end of a session reaches every instance: at once by a record on the bus, and by a note in the store where no record
 * comes, because the bus is away, or whoever ended it died before telling. A look at the notes costs the same however many are
 * connected.
 */
import type { Logger } from "pino";
import { CLOSE } from "#protocol/close_codes.ts";
import type { CloseCode } from "#protocol/close_codes.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { EndedSession } from "../auth/sessions.ts";
import type { BusRecord } from "../bus/bus.ts";
import type { Registry } from "./registry.ts";

/** What is seen half ended is seen again at the next look. */
const LOOK_EVERY_MS = 1_000;

/** Tells every instance to close the sockets of a session. */
export function sessionEndedRecord(ended: {
  session: { id: SessionId; user: UserId };
  code: CloseCode;
  origin: string;
}): BusRecord {
  const { session, code, origin } = ended;
  const body = JSON.stringify({ session: session.id, code });
  return { topic: "events", key: session.user, origin, kind: "session.ended", body };
}

/** Which of the sessions that `concerns` picks ended lately, whoever ended them. */
export type EndedLately = (concerns: (session: SessionId) => boolean) => Promise<EndedSession[]>;

export interface EndedDeps {
  registry: Pick<Registry, "size" | "hasSession">;
  endedLately: EndedLately;
  close: (session: SessionId, code: CloseCode) => void;
  log: Logger;
}

export function createEndedWatch({ registry, endedLately, close, log }: EndedDeps) {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;
  /** The last look came to nothing, and the log says so. */
  let blind = false;

  async function look(): Promise<void> {
    if (registry.size() === 0) return;
    for (const { id, why } of await endedLately(registry.hasSession)) close(id, CLOSE[why]);
  }

  async function lookAgain(): Promise<void> {
    try {
      await look();
      blind = false;
    } catch (error) {
      if (!blind) log.warn({ err: error }, "looking for ended sessions failed; it will be tried again");
      blind = true;
    }
    if (!stopped) timer = setTimeout(lookAgain, LOOK_EVERY_MS);
  }

  return {
    start: () => void (timer = setTimeout(lookAgain, LOOK_EVERY_MS)),
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
