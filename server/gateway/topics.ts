/** Names of the native pub/sub topics that fan out inside one instance. */
import type { UserId } from "#protocol/ids.ts";

/** Everything that is for a user: events of their inbox, typing of their contacts. */
export function userTopic(user: UserId): string {
  return `user:${user}`;
}

/** Changes of a user's presence; their contacts' connections subscribe. */
export function presenceTopic(user: UserId): string {
  return `presence:${user}`;
}
