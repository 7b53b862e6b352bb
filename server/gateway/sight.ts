/**
 * What a connection sees of others: who its contacts are, whose presence it may hear of, and how they are by now. The store may be
 * away: whoever is unknown for that is asked about again.
 */
import type { Logger } from "pino";
import type { PresenceNotice } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Peer } from "../contacts/queries.ts";
import type { Connection } from "./connection.ts";
import { hiddenNotice, reachOf } from "./reach.ts";
import { presenceTopic } from "./topics.ts";

export interface SightDeps {
  clock: Clock;
  log: Logger;
  peersOf: (user: UserId) => Promise<Peer[]>;
  presenceOf: (users: readonly UserId[]) => Promise<PresenceNotice[]>;
}

/** Both resolve with encoded notices for the connection. */
export interface Sight {
  /** Reads the connection's contacts again and lets it hear of those it may. Of whoever is seen otherwise now. */
  refresh(connection: Connection): Promise<string[]>;
  /** Of those of whom the store could not tell before. */
  lookAgain(connection: Connection): Promise<string[]>;
}

export function createSight({ clock, log, peersOf, presenceOf }: SightDeps): Sight {
  /** Contacts of a connection who may be seen, and of whom it has heard nothing. */
  const unseen = new WeakMap<Connection, Set<UserId>>();

  async function refresh(connection: Connection): Promise<string[]> {
    const peers = await peersOf(connection.user);
    const before = connection.contacts;
    const after = new Map(peers.map((peer) => [peer.id, reachOf(peer)]));
    connection.contacts = after;
    for (const [user, { presence: saw }] of before) {
      if (saw && after.get(user)?.presence !== true) connection.unsubscribe(presenceTopic(user));
    }
    const turned = [...after].filter(([user, reach]) => before.get(user)?.presence !== reach.presence);
    const seen = turned.filter(([, reach]) => reach.presence).map(([user]) => user);
    for (const user of seen) connection.subscribe(presenceTopic(user));
    const noticeOf = await noticesOf(seen, connection);
    // In the order of the contacts: whoever is hidden must not be told apart by the place of their notice.
    const notices = turned.flatMap(
      ([user, reach]) => (reach.presence ? noticeOf.get(user) : hiddenNotice(user, clock())) ?? [],
    );
    return notices.map((notice) => JSON.stringify(notice));
  }

  async function lookAgain(connection: Connection): Promise<string[]> {
    const owed = unseen.get(connection);
    if (owed === undefined) return [];
    unseen.delete(connection);
    const seen = [...owed].filter((user) => connection.contacts.get(user)?.presence === true);
    const noticeOf = await noticesOf(seen, connection);
    return [...noticeOf.values()].map((notice) => JSON.stringify(notice));
  }

  async function noticesOf(
    users: readonly UserId[],
    connection: Connection,
  ): Promise<Map<UserId, PresenceNotice>> {
    try {
      return new Map((await presenceOf(users)).map((notice) => [notice.user, notice]));
    } catch (error) {
      log.warn({ err: error }, "the store did not tell a connection who is there; it is asked again");
      unseen.set(connection, new Set([...(unseen.get(connection) ?? []), ...users]));
      return new Map();
    }
  }

  return { refresh, lookAgain };
}
