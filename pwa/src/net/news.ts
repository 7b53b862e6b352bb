import type { NewSession } from "#protocol/frames.ts";
import type { SessionId } from "#protocol/ids.ts";

export type News = ReturnType<typeof createNews>;

interface NewsEdges {
  /** Remembers on the device that the person has looked. */
  write: () => Promise<void>;
  changed: () => void;
  /** The person has looked at these here: other tabs need not tell of them. */
  dismissed: (sessions: SessionId[]) => void;
}

/** Sessions that began elsewhere, until the person has looked. */
export function createNews(loaded: readonly NewSession[], { write, changed, dismissed }: NewsEdges) {
  let sessions = loaded;
  return {
    /** Oldest first. */
    list: () => sessions,
    /** What the device holds of them now; undefined when nothing changed. */
    take: (told: readonly NewSession[] | undefined) => void (sessions = told ?? sessions),
    /** Takes them off the screen at once. */
    async dismiss() {
      const seen = sessions.map(({ id }) => id);
      sessions = [];
      changed();
      await write();
      dismissed(seen);
    },
    /** They were looked at in another tab, which has written it down. */
    seenElsewhere(seen: readonly SessionId[]) {
      sessions = sessions.filter(({ id }) => !seen.includes(id));
      changed();
    },
  };
}
