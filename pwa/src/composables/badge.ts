import { onScopeDispose, watch } from "vue";
import { useConversations } from "../stores/conversations.ts";

/**
 * Keeps the document's title ("(3) Parley") and the badge of the installed app at the number of unread messages. Call
 * once.
 */
export function useBadge({ title }: { title: string }): void {
  const conversations = useConversations();
  watch(() => conversations.unreadTotal, show, { immediate: true });
  onScopeDispose(() => show(0));

  function show(unread: number): void {
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
    void setAppBadge(unread);
  }
}

/** A badge is a nicety: a browser without one, or one that refuses, shows the title only. */
async function setAppBadge(unread: number): Promise<void> {
  if (!("setAppBadge" in navigator)) return;
  await navigator.setAppBadge(unread).catch(() => undefined);
}
