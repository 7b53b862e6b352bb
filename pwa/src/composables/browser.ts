import type { TabEdges } from "../net/tab.ts";

/** Everything of the browser that `createTab` needs. `build` is when this build was made, as an ISO time. */
export function browserEdges({ build }: { build: string }): TabEdges {
  return { build };
}
