import type { Standing } from "#protocol/frames.ts";

/** Nothing more will be said in this conversation: what is left of it are its messages, for as long as there are any. */
export function isOver(standing: Standing): boolean {
  return standing === "ended" || standing === "deleted";
}
