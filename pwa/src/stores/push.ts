import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { Push, PushChoice, PushView } from "../net/push.ts";
import { useTab } from "./tab.ts";

/** Notifications of this device. Verbs throw `ApiProblem` (net/api.ts) when the server is needed and cannot be asked. */
export const usePush = defineStore("push", () => {
  const tab = useTab();
  const view = shallowRef<PushView | null>(tab.push()?.view() ?? null);

  tab.on(({ kind }) => {
    if (kind === "push" || kind === "opened" || kind === "closed") view.value = tab.push()?.view() ?? null;
  });

  async function withPush(work: (push: Push) => Promise<void>): Promise<void> {
    const push = tab.push();
    if (push) await work(push);
  }

  return {
    view,
    refresh: () => withPush((push) => push.refresh()),
    turnOn: () => withPush((push) => push.turnOn()),
    turnOff: () => withPush((push) => push.turnOff()),
    choose: (choice: PushChoice) => withPush((push) => push.choose(choice)),
  };
});
