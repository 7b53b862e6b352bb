import { onScopeDispose, watch } from "vue";
import { useRouter } from "vue-router";
import type { ConversationId } from "#protocol/ids.ts";
import { PATHS } from "../paths.ts";
import { useTab } from "../stores/tab.ts";

/**
 * The app opens where it was left: in the conversation that was open, or at the list if the person had gone back to it. Only
 * when it was opened without an address of its own. The list is behind the conversation, for the way back. Call once.
 */
export function usePlace(): void {
  const tab = useTab();
  const router = useRouter();
  let opened = false;

  function open(): void {
    if (opened) return;
    opened = true;
    const place = tab.line()?.place() ?? null;
    if (place !== null && router.currentRoute.value.name === PATHS.list) {
      void router.push({ name: PATHS.chat, params: { id: place } });
    }
  }

  /** The first page may still be on its way; what is pushed before it would be lost. */
  function whenReady(): void {
    void router.isReady().then(open);
  }

  if (tab.line()) whenReady();
  onScopeDispose(
    tab.on(({ kind }) => {
      if (kind === "opened") whenReady();
    }),
  );
  watch(
    () => router.currentRoute.value,
    ({ name, params }) => {
      if (!opened || (name !== PATHS.chat && name !== PATHS.list)) return;
      tab.line()?.setPlace(name === PATHS.chat ? (String(params["id"]) as ConversationId) : null);
    },
  );
}
