import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import type { Holdings } from "../db/holdings.ts";
import type { Timing } from "../db/schema.ts";
import { createJournal } from "../diagnosis/journal.ts";
import type { Queue } from "../diagnosis/report.ts";
import { NO_LINK } from "./connection.ts";
import { useConversations } from "./conversations.ts";
import { useTab } from "./tab.ts";

const NONE: Queue = { waiting: 0, unconfirmed: 0, held: 0, refused: 0 };

/** How this device is doing. It listens from the first on, for what went wrong before anybody looked. */
export const useDiagnosis = defineStore("diagnosis", () => {
  const tab = useTab();
  const conversations = useConversations();
  const journal = createJournal({ now: () => Date.now() });
  const timings = shallowRef<readonly Timing[]>([]);
  const holdings = shallowRef<Holdings | null>(null);
  const link = shallowRef(NO_LINK);

  tab.on(({ kind }) => {
    // What happened to one person is not for the next.
    if (kind === "closed") journal.clear();
    look();
  });
  look();

  function look(): void {
    const line = tab.line();
    link.value = line?.view() ?? NO_LINK;
    if (line) journal.connection(link.value.state);
    timings.value = line?.timings() ?? [];
  }

  /** Counts what is on the device: that takes a moment. */
  async function count(): Promise<void> {
    holdings.value = (await tab.line()?.holdings()) ?? null;
  }

  return {
    link,
    timings,
    holdings,
    queue: computed<Queue>(() =>
      conversations.unsent.reduce(
        (queue, { standing }) => ({ ...queue, [standing]: queue[standing] + 1 }),
        NONE,
      ),
    ),
    count,
    failed: journal.failed,
    journal: () => journal.entries(),
  };
});
