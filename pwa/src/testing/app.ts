import { disposePinia, getActivePinia } from "pinia";
import type { Pinia } from "pinia";
import { watch } from "vue";
import { useConversations } from "../stores/conversations.ts";
import { useSession } from "../stores/session.ts";
import { setScene } from "./scene.ts";
import type { Scene } from "./scene.ts";
import { storesOf } from "./stores.ts";
import type { Place, TestTab } from "./tab.ts";

/** The scene with the app in its tabs: the stores that a test uses are those of the tab that was opened last. */
export function setAppScene(): Scene {
  const scene = setScene();
  const pinias: Pinia[] = [];

  function open(place?: Partial<Place>): TestTab {
    const tab = scene.open(place);
    storesOf(tab);
    pinias.push(getActivePinia() as Pinia);
    return tab;
  }

  return {
    ...scene,
    open,
    async live(place) {
      const tab = open(place);
      await useSession().restore();
      await tab.live();
      await until(() => useConversations().loaded);
      return tab;
    },
    async close() {
      // Stores that still watch something would make themselves those of the next test.
      for (const pinia of pinias) disposePinia(pinia);
      await scene.close();
    },
  };
}

/** Resolves once `condition` holds of what stores show. */
export function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(condition, look, { flush: "sync" });
    look(condition());
    function look(holds: boolean): void {
      if (!holds) return;
      stop();
      resolve();
    }
  });
}
