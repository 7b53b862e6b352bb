import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { SessionRow } from "#protocol/http.ts";
import type { SessionId } from "#protocol/ids.ts";
import { ApiProblem } from "../net/api.ts";
import { useTab } from "./tab.ts";

/** Where this person is signed in. Every verb asks the server and throws `ApiProblem` (net/api.ts). */
export const useDevices = defineStore("devices", () => {
  const { account } = useTab();
  /** Newest use first; null until they were loaded. */
  const list = shallowRef<readonly SessionRow[] | null>(null);

  async function load(): Promise<void> {
    list.value = await account.devices();
  }

  /** Signs out another device of this person; its sockets close at once. */
  async function end(id: SessionId): Promise<void> {
    try {
      await account.endDevice(id);
    } catch (error) {
      // Gone already: that is what was asked for.
      if (!(error instanceof ApiProblem && error.code === "not_found")) throw error;
    }
    list.value = list.value?.filter((row) => row.id !== id) ?? null;
  }

  /** Signs out every device but this one. */
  async function endOthers(): Promise<void> {
    await account.endOtherDevices();
    await load();
  }

  return { list, load, end, endOthers };
});
