/**
 * What this tab knows of others right now: presence and typing. All of it ages by itself, because the notice that ends
 * it may never come: who was there is then unknown rather than shown wrong. None of it is known while there is no connection.
 */
import type { PresenceNotice, TypingNotice } from "#protocol/frames.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import type { Time } from "./time.ts";

export interface PresenceView {
  state: "online" | "away" | "offline" | "unknown";
  /** By the server's clock. */
  lastSeenAt: EpochMs | null;
}

export interface Presences {
  of(user: UserId): PresenceView;
  isTyping(user: UserId): boolean;
  hearPresence(notice: PresenceNotice): void;
  hearTyping(notice: TypingNotice): void;
  /** A message of theirs has come: they are done typing. */
  wrote(user: UserId): void;
  /** The connection is gone. */
  lost(): void;
}

const UNKNOWN: PresenceView = { state: "unknown", lastSeenAt: null };

/** `serverNow` is the server's clock: `until` is told by it. */
export function createPresences({
  time,
  serverNow,
  changed,
}: {
  time: Time;
  serverNow: () => EpochMs;
  changed: () => void;
}): Presences {
  const notices = new Map<UserId, { seen: PresenceView; until: EpochMs; cancel: () => void }>();
  const typing = new Map<UserId, () => void>();

  function stopTyping(user: UserId): boolean {
    typing.get(user)?.();
    return typing.delete(user);
  }

  /** What was known of them is not to be known any more. */
  function forget(user: UserId): void {
    notices.delete(user);
    stopTyping(user);
    changed();
  }

  return {
    of(user) {
      const notice = notices.get(user);
      if (!notice) return UNKNOWN;
      const stands = notice.until > serverNow() || notice.seen.state === "offline";
      return stands ? notice.seen : { ...notice.seen, state: "unknown" };
    },
    isTyping: (user) => typing.has(user),
    hearPresence({ user, state, until, lastSeenAt = null }) {
      const known = notices.get(user);
      known?.cancel();
      if (state === "hidden") return forget(user);
      const seen = { state, lastSeenAt: lastSeenAt ?? known?.seen.lastSeenAt ?? null };
      const cancel = time.after(Math.max(0, until - serverNow()), changed);
      notices.set(user, { seen, until, cancel });
      if (state === "offline") stopTyping(user);
      changed();
    },
    hearTyping({ from, ttlMs }) {
      stopTyping(from);
      const forget = (): void => {
        if (typing.delete(from)) changed();
      };
      typing.set(from, time.after(ttlMs, forget));
      changed();
    },
    wrote(user) {
      if (stopTyping(user)) changed();
    },
    lost() {
      for (const { cancel } of notices.values()) cancel();
      for (const cancel of typing.values()) cancel();
      notices.clear();
      typing.clear();
      changed();
    },
  };
}
