import type { Message } from "#protocol/frames.ts";
import type { ConversationRow, DeviceRow, UnsentRow } from "../../pwa/src/db/schema.ts";

/** What a device holds, from whatever kind of browser. */
export interface Dump {
  device: DeviceRow | null;
  conversations: ConversationRow[];
  messages: Message[];
  outbox: UnsentRow[];
  /** How often something was sealed that is not back with its person. */
  sealed: number;
}
