import { defineStore } from "pinia";
import type { MessageTimes } from "#protocol/http.ts";
import type { ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Revises } from "../db/schema.ts";
import { useConversations } from "./conversations.ts";
import { useTab } from "./tab.ts";
import { useTimeline } from "./timeline.ts";
import type { TimelineItem } from "./timeline.ts";

/** What a person does to a message that is there. Shows at once; resolves when the device has it. */
export const useMessageActs = defineStore("messageActs", () => {
  const tab = useTab();
  const conversations = useConversations();
  const timeline = useTimeline();

  function personOf(id: ConversationId): UserId {
    const to = conversations.rowOf(id)?.with.id;
    if (!to) throw new Error(`Writing in conversation ${id}: this device does not know it.`);
    return to;
  }

  async function revise(id: ConversationId, revises: Revises): Promise<void> {
    await tab.line()?.revise({ conversation: id, to: personOf(id), revises });
  }

  return {
    edit: (id: ConversationId, seq: Seq, text: string): Promise<void> =>
      revise(id, { type: "message.edit", seq, text }),
    /** The same emoji again takes it back. */
    async react(id: ConversationId, { seq, reactions = [] }: TimelineItem, emoji: string): Promise<void> {
      const own = reactions.find(({ mine }) => mine)?.emoji;
      if (seq !== null) await revise(id, { type: "message.react", seq, emoji: own === emoji ? null : emoji });
    },
    /** What somebody takes out of their sight they have seen. */
    async remove(id: ConversationId, seq: Seq, whom: "both" | "me"): Promise<void> {
      timeline.seen(id, seq);
      await revise(id, { type: "message.delete", seq, for: whom });
    },
    /** Sends the text to somebody else, as if it had been typed there; what is being typed there stays. */
    async forward(text: string, { to }: { to: ConversationId }): Promise<void> {
      await tab.line()?.send({ conversation: to, to: personOf(to), text }, { endsDraft: false });
    },
    /** When an own message was sent, delivered and read. Throws `ApiProblem`. */
    async times(id: ConversationId, seq: Seq): Promise<MessageTimes | null> {
      return (await tab.line()?.times(id, seq)) ?? null;
    },
    /** By the server's clock. */
    now: (): EpochMs => tab.line()?.serverNow() ?? Date.now(),
  };
});
