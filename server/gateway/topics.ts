/** Names of the native pub/sub topics that fan out inside one instance to whoever subscribed. */
import type { UserId } from "#protocol/ids.ts";

/** Changes of a user's presence; their contacts' connections subscribe. */
export function presenceTopic(user: UserId): string {
  return `presence:${user}`;
}
