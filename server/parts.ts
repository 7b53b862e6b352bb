/** Everything between the adapters and the doors: the domains, the gateway, and how they hear of one another. */
import type { Logger } from "pino";
import { CLOSE } from "#protocol/close_codes.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Adapters } from "./adapters.ts";
import { createAfterwards } from "./auth/afterwards.ts";
import { createCodes } from "./auth/codes.ts";
import { createSessions } from "./auth/sessions.ts";
import { createSignIn } from "./auth/signin.ts";
import { createThrottle } from "./auth/throttle.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { contactsOf } from "./contacts/queries.ts";
import { createAllowances } from "./gateway/allowance.ts";
import { createDispatch } from "./gateway/dispatch.ts";
import { createGateway } from "./gateway/gateway.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { createHeads } from "./inbox/heads.ts";
import { createPublisher } from "./inbox/publisher.ts";
import { selectFrames, selectHeads, selectState } from "./inbox/queries.ts";
import { retainedSince } from "./messages/queries.ts";
import { createWriter } from "./messages/writer.ts";
import { createPresence } from "./presence/presence.ts";

export type Parts = ReturnType<typeof createParts>;

export function createParts(
  config: Config,
  { adapters, log, instance }: { adapters: Adapters; log: Logger; instance: string },
) {
  const { db, store, bus, keys, mailer } = adapters;
  const clock = systemClock;
  const headsOf = (users: UserId[]) => selectHeads(db, users);
  let publishLocal: (topic: string, frame: string) => void = () => {};

  const publisher = createPublisher({ db, bus, clock, log });
  const allowanceOf = createAllowances({ ...config.limits, clock });
  const presence = createPresence({
    store,
    clock,
    log,
    announce: (notice) => gateway.announcePresence(notice),
  });
  const gateway: Gateway = createGateway({
    instance,
    bus,
    clock,
    log,
    allowanceOf,
    headsOf,
    leave: (user, connection, state) => presence.leave(user, connection, state),
    publishLocal: (topic, frame) => publishLocal(topic, frame),
  });
  const writer = createWriter({
    db,
    clock,
    log,
    instance,
    committed(appended) {
      gateway.fanOut(appended);
      publisher.publish(appended);
    },
  });
  const sessions = createSessions({
    store,
    clock,
    onEnded: (session, why) => gateway.endSession(session, CLOSE[why]),
  });
  const dispatch = createDispatch({
    clock,
    log,
    minBuild: config.minBuild,
    ...config.limits,
    inbox: {
      state: (user) => selectState(db, user),
      head: createHeads(headsOf),
      frames: (user, range) => selectFrames(db, user, { ...range, since: retainedSince(clock()) }),
    },
    write: writer.write,
    contactsOf: (user) => contactsOf(db, user),
    presence,
    typing: gateway.announceTyping,
    sessionAlive: sessions.alive,
  });
  const afterwards = createAfterwards({ log });
  const signIn = createSignIn({
    db,
    keys,
    codes: createCodes({ store, keys }),
    throttle: createThrottle({ store, keys, limits: config.limits }),
    sessions,
    sendMail: mailer.send,
    afterwards,
    publicOrigin: config.publicOrigin,
  });
  return {
    writer,
    publisher,
    presence,
    gateway,
    dispatch,
    sessions,
    afterwards,
    signIn,
    allowanceOf,
    publishLocalBy(server: { server: { publish(topic: string, frame: string): number } | null }) {
      publishLocal = (topic, frame) => void server.server?.publish(topic, frame);
    },
  };
}
