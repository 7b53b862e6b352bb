import type { NewSession } from "#protocol/frames.ts";

export type News = ReturnType<typeof createNews>;

interface NewsEdges {
  /** Remembers on the device that the person has looked. */
  write: () => Promise<void>;
  changed: () => void;
}

/** Sessions that began elsewhere, until the person has looked. */
export function createNews(loaded: readonly NewSession[], { write, changed }: NewsEdges) {
  let sessions = loaded;
  return {
    /** Oldest first. */
    list: () => sessions,
    /** What the device holds of them now; undefined when nothing changed. */
    take: (told: readonly NewSession[] | undefined) => void (sessions = told ?? sessions),
    /** Takes them off the screen at once. */
    async dismiss() {
      sessions = [];
      changed();
      await write();
    },
  };
}
