/** Heads for heartbeats: requests of one turn of the event loop share one query. */
import type { Cursor, UserId } from "#protocol/ids.ts";

export function createHeads(headsOf: (users: UserId[]) => Promise<Map<UserId, Cursor>>) {
  let waiting: { users: Set<UserId>; heads: Promise<Map<UserId, Cursor>> } | null = null;

  function load(): { users: Set<UserId>; heads: Promise<Map<UserId, Cursor>> } {
    const users = new Set<UserId>();
    const heads = Promise.resolve().then(() => {
      waiting = null;
      return headsOf([...users]);
    });
    return { users, heads };
  }

  /** Cursor of the newest event in the user's inbox; 0 for an unknown user. */
  return async function headOf(user: UserId): Promise<Cursor> {
    waiting ??= load();
    waiting.users.add(user);
    return (await waiting.heads).get(user) ?? 0;
  };
}
