/** The live connections of this instance, by the ways they are looked for. */
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Connection } from "./connection.ts";

export interface Registry {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  all(): Iterable<Connection>;
  ofUser(user: UserId): Iterable<Connection>;
  countOf(user: UserId): number;
  ofSession(session: SessionId): Iterable<Connection>;
  hasSession(session: SessionId): boolean;
  users(): UserId[];
  size(): number;
}

/** Nearly everybody has one connection: a set for it alone would weigh more than the rest of the entry. */
type Index<K> = Map<K, Connection | Set<Connection>>;

export function createRegistry(): Registry {
  const connections = new Set<Connection>();
  const byUser: Index<UserId> = new Map();
  const bySession: Index<SessionId> = new Map();
  return {
    add(connection) {
      connections.add(connection);
      put(byUser, connection.user, connection);
      put(bySession, connection.session, connection);
    },
    remove(connection) {
      connections.delete(connection);
      drop(byUser, connection.user, connection);
      drop(bySession, connection.session, connection);
    },
    all: () => connections,
    ofUser: (user) => found(byUser, user),
    countOf(user) {
      const held = byUser.get(user);
      return held instanceof Set ? held.size : Number(held !== undefined);
    },
    ofSession: (session) => found(bySession, session),
    hasSession: (session) => bySession.has(session),
    users: () => [...byUser.keys()],
    size: () => connections.size,
  };
}

function found<K>(index: Index<K>, key: K): Iterable<Connection> {
  const held = index.get(key);
  if (held === undefined) return [];
  return held instanceof Set ? held : [held];
}

function put<K>(index: Index<K>, key: K, connection: Connection): void {
  const held = index.get(key);
  if (held === undefined) index.set(key, connection);
  else if (held instanceof Set) held.add(connection);
  else index.set(key, new Set([held, connection]));
}

function drop<K>(index: Index<K>, key: K, connection: Connection): void {
  const held = index.get(key);
  if (held === connection) index.delete(key);
  if (!(held instanceof Set)) return;
  held.delete(connection);
  if (held.size === 0) index.delete(key);
}
