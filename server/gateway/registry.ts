/** The live connections of this instance, by the ways they are looked for. */
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Connection } from "./connection.ts";

export interface Registry {
  add(connection: Connection): void;
  remove(connection: Connection): void;
  all(): Iterable<Connection>;
  ofUser(user: UserId): Iterable<Connection>;
  ofSession(session: SessionId): Iterable<Connection>;
  users(): UserId[];
  size(): number;
}

export function createRegistry(): Registry {
  const connections = new Set<Connection>();
  const byUser = new Map<UserId, Set<Connection>>();
  const bySession = new Map<SessionId, Set<Connection>>();
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
    ofUser: (user) => byUser.get(user) ?? [],
    ofSession: (session) => bySession.get(session) ?? [],
    users: () => [...byUser.keys()],
    size: () => connections.size,
  };
}

function put<K>(index: Map<K, Set<Connection>>, key: K, connection: Connection): void {
  const set = index.get(key) ?? new Set();
  index.set(key, set.add(connection));
}

function drop<K>(index: Map<K, Set<Connection>>, key: K, connection: Connection): void {
  const set = index.get(key);
  set?.delete(connection);
  if (set?.size === 0) index.delete(key);
}
