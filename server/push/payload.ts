/** What a push carries. It is encrypted for the device (RFC 8291): the push service sees neither this nor whom it is about. */
import type { PushPayload } from "#protocol/http.ts";
import type { Pending } from "./queries.ts";

/** A push takes 4 kB in all. What is shown of a message fits many times over, also in a script of 3 bytes a character. */
const TEXT_MAX_CHARS = 300;

/** Without `preview` nothing of it says who wrote or what. */
export function payloadOf(
  { conversation, seq, count, name, text }: Pending,
  { preview, unread }: { preview: boolean; unread: number },
): PushPayload {
  const about = { conversation, seq, count, unread };
  return preview ? { ...about, name, text: shortened(text) } : about;
}

/** Cut between characters as people see them, so that no emoji is halved. */
function shortened(text: string): string {
  if (text.length <= TEXT_MAX_CHARS) return text;
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text)) {
    if (index + segment.length >= TEXT_MAX_CHARS) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end)}…`;
}
