import type { UserId } from "#protocol/ids.ts";

/** What codes for it are named after: no number, so none that signs in ends an account, and none that ends one signs in. */
export function partingName(user: UserId): string {
  return `the end of ${user}`;
}
