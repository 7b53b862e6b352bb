/** A device that took a snapshot holds the newest page of each conversation; its person scrolls up until there is no more. */
import type { ConversationId, Seq } from "#protocol/ids.ts";
import type { Device } from "./device.ts";

const PAGES_MAX = 2_000;

/** Reads what is missing below what the device holds, by the PWA's own way. Resolves to what it holds then. */
export async function scrollUp(device: Device): Promise<void> {
  const line = device.lines[0];
  if (!line) return;
  const { messages, conversations } = await device.dump();
  const held = Map.groupBy(messages, ({ conversation }) => conversation);
  for (const { id } of conversations) {
    const seqs = new Set((held.get(id) ?? []).map(({ seq }) => seq));
    let pages = 0;
    for (let before = nextHole(seqs); before !== null; before = nextHole(seqs)) {
      const page = await line.older(id as ConversationId, before);
      pages += 1;
      if (page.length === 0 || pages > PAGES_MAX) break;
      for (const { seq } of page) seqs.add(seq);
    }
  }
}

/** The lowest seq that is held with nothing right below it; null when there is no hole. */
function nextHole(seqs: Set<Seq>): Seq | null {
  const sorted = [...seqs].toSorted((a, b) => b - a);
  return sorted.find((seq) => seq > 1 && !seqs.has(seq - 1)) ?? null;
}
