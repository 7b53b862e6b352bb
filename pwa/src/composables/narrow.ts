import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";

/** The style sheets say the same: below this width the list and the conversation take turns. */
const NARROW = "(width < 960px)";

/** Whether the window has room for one thing at a time, as on a phone. */
export function useNarrow(): Readonly<Ref<boolean>> {
  const query = window.matchMedia(NARROW);
  const narrow = ref(query.matches);
  const look = (): void => void (narrow.value = query.matches);
  query.addEventListener("change", look);
  onScopeDispose(() => query.removeEventListener("change", look));
  return readonly(narrow);
}
