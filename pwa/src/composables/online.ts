import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";

/** Whether the browser knows of a network. That there is one says nothing about the server. */
export function useOnline(): Readonly<Ref<boolean>> {
  const online = ref(navigator.onLine);
  const look = (): void => {
    online.value = navigator.onLine;
  };
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
  onScopeDispose(() => {
    window.removeEventListener("online", look);
    window.removeEventListener("offline", look);
  });
  return readonly(online);
}
