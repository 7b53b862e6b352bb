import type { RouteLocationRaw } from "vue-router";
import { tokenIn } from "../net/invites.ts";
import { PATHS } from "../paths.ts";
import { useShared } from "./shared.ts";

/** Where somebody goes who has signed in: to the invite that they came with, or to what they shared, if they did. */
export function homeAfter(hash: string): RouteLocationRaw {
  if (tokenIn(hash) !== "") return { name: PATHS.invited, hash };
  const shared = useShared().waiting();
  return shared === null ? { name: PATHS.list } : { name: PATHS.share, hash: `#${shared}` };
}
