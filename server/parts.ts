/** Everything between the adapters and the doors: the domains, the gateway, and how they hear of one another. */
import type { Logger } from "pino";
import { CLOSE } from "#protocol/close_codes.ts";
import type { UserId } from "#protocol/ids.ts";
import { createDeletion } from "./account/deletion.ts";
import { createParting } from "./account/parting.ts";
import { createAccountThrottle } from "./account/throttle.ts";
import type { ActDeps } from "./admin/acts.ts";
import { createSystem } from "./admin/system.ts";
import type { Adapters } from "./adapters.ts";
import { createAdmit } from "./auth/admission.ts";
import { createAfterwards } from "./auth/afterwards.ts";
import { createAnnounce } from "./auth/announce.ts";
import { createCodes } from "./auth/codes.ts";
import { createKnownBrowsers } from "./auth/known_browser.ts";
import { withinBudget } from "./auth/mail_budget.ts";
import { tellAsked, tellResults, tellTried } from "./auth/results.ts";
import type { Told } from "./auth/results.ts";
import { createSessions } from "./auth/sessions.ts";
import { createSignIn } from "./auth/signin.ts";
import { createThrottle } from "./auth/throttle.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { peersOf } from "./contacts/queries.ts";
import { createAllowances } from "./gateway/allowance.ts";
import { createDispatch } from "./gateway/dispatch.ts";
import { createFanOut } from "./gateway/fan_out.ts";
import { createGateway } from "./gateway/gateway.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { createPresenceNotices } from "./gateway/presence_notices.ts";
import { createSight } from "./gateway/sight.ts";
import { askAll, askedTogether, dependencyChecks } from "./health/checks.ts";
import type { Appended } from "./inbox/append.ts";
import { createHeads } from "./inbox/heads.ts";
import { readOutbox } from "./inbox/outbox.ts";
import { createPublisher } from "./inbox/publisher.ts";
import { selectFrames, selectHeads, selectState } from "./inbox/queries.ts";
import { createRoster } from "./instances/roster.ts";
import { createInvites } from "./invites/invites.ts";
import { createJoining } from "./invites/joining.ts";
import { createInviteThrottle } from "./invites/throttle.ts";
import { retainedSince } from "./messages/queries.ts";
import { createWriter } from "./messages/writer.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { watchPool } from "./metrics/pool.ts";
import { addReadings } from "./metrics/readings.ts";
import {
  createCommitWatch,
  createPresenceWatch,
  watchBus,
  watchDispatch,
  watchMail,
} from "./metrics/watch.ts";
import { createPresence } from "./presence/presence.ts";
import { createProfilePace } from "./profile/pace.ts";
import { createOldestRow } from "./retention/oldest.ts";
import { lastPurgeAt } from "./retention/purge.ts";

export type Parts = ReturnType<typeof createParts>;

export function createParts(
  config: Config,
  options: { adapters: Adapters; log: Logger; instance: string; metrics: Metrics },
) {
  const { adapters, log, instance, metrics } = options;
  const { db, writes, store, keys, mailer } = adapters;
  const { traffic, delivery, entrance } = metrics;
  const clock = systemClock;
  const bus = watchBus(adapters.bus, { delivery, clock, instance });
  const checks = dependencyChecks({ db, store, bus });
  const commits = createCommitWatch(delivery);
  const presences = createPresenceWatch(delivery);
  const headsOf = (users: UserId[]) => selectHeads(db, users);
  const fanOut = createFanOut(traffic);

  const publisher = createPublisher({ db, bus, clock, log });
  const allowanceOf = createAllowances({ ...config.limits, clock, throttled: entrance.throttled });
  const unwatchedPresence = createPresence({
    store,
    clock,
    log,
    announce(notice, about) {
      const taken = presenceNotices.announce(notice);
      presences.announced(notice, about);
      return taken;
    },
  });
  const presence = presences.watch(unwatchedPresence);
  const presenceNotices = createPresenceNotices({
    instance,
    bus,
    log,
    presenceOf: presence.of,
    fanOut,
  });
  const sight = createSight({ clock, log, peersOf: (user) => peersOf(db, user), presenceOf: presence.of });
  const gateway: Gateway = createGateway({
    instance,
    bus,
    clock,
    log,
    allowanceOf,
    watch: traffic,
    headsOf,
    endedLately: (concerns) => sessions.endedLately(concerns),
    sight,
    leave: (user, connection, state) => presence.leave(user, connection, state),
    presenceTurned: presenceNotices.turned,
    publishLocal: fanOut.publish,
    heard: (user, frames) => writer.heard(user, frames),
  });
  const unwatchedWriter = createWriter({
    db: writes,
    clock,
    log,
    instance,
    committed(appended, batch) {
      commits.committed(batch);
      gateway.fanOut(appended);
      commits.fannedOut();
      publisher.publish(appended);
    },
  });
  const writer = commits.watch(unwatchedWriter);
  const sessions = createSessions({
    store,
    clock,
    onEnded: (session, why) => gateway.endSession(session, CLOSE[why]),
  });
  const unwatchedDispatch = createDispatch({
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
    sight,
    presence,
    typing: gateway.announceTyping,
    sessionAlive: sessions.alive,
  });
  const dispatch = watchDispatch(unwatchedDispatch, traffic);
  const afterwards = createAfterwards({ log });
  const codes = createCodes({ store, keys });
  const throttle = createThrottle({ store, keys, limits: config.limits });
  /** Of what was appended outside of the writer. */
  const appended = (told: Appended) => {
    gateway.fanOut(told);
    publisher.publish(told);
  };
  const sendMail = watchMail(withinBudget(mailer.send, { store, keys, limits: config.limits }), entrance);
  const accountThrottle = createAccountThrottle({ store });
  /** What acts on accounts works with. */
  const common = { db, keys, clock, sessions, codes, throttle, appended, origin: instance };
  const deletion = createDeletion({ ...common, log, presence, accountThrottle });
  const knownBrowsers = createKnownBrowsers({ keys });
  const mailing = { sendMail, afterwards, publicOrigin: config.publicOrigin };
  const announce = createAnnounce({ db, origin: instance, appended });
  /** What lets people in works with. */
  const entering = {
    ...common,
    ...mailing,
    knownBrowsers,
    admit: createAdmit({ ...common, ...mailing, knownBrowsers, announce }),
  };
  const told: Told = {
    codeAsked(result) {
      entrance.codeAsked(result);
      log.info({ result }, "code asked for");
    },
    signInTried(result, user) {
      entrance.signInTried(result);
      log.info({ result, user }, "sign-in tried");
    },
  };
  const signIn = tellResults(createSignIn(entering), told);
  const inviteThrottle = createInviteThrottle({ store, throttle, limits: config.limits });
  const joining = createJoining({ ...entering, inviteThrottle });
  const dependencies = askedTogether(() => askAll(checks), { clock });
  const oldestRowAt = createOldestRow(db);
  const roster = createRoster({
    store,
    clock,
    log,
    instance,
    keys: keys.ids,
    connections: gateway.connections,
    writerDepth: writer.depth,
    counts: () => ({ sends: delivery.stored(), frames: traffic.heard() }),
    dependencies,
  });
  addReadings(metrics, {
    clock,
    connections: gateway.connections,
    writerDepth: writer.depth,
    outbox: () => readOutbox(db),
    lastPurgeAt: () => lastPurgeAt(db),
    oldestRowAt,
    dependencies,
  });
  watchPool(metrics, db);
  return {
    writer,
    publisher,
    presence,
    gateway,
    dispatch,
    sessions,
    afterwards,
    signIn,
    invites: createInvites({ ...common, throttle: accountThrottle }),
    inviteThrottle,
    joining: { askForCode: tellAsked(joining.askForCode, told), join: tellTried(joining.join, told) },
    allowanceOf,
    /** Told of a request that came faster than its network may ask. */
    tooFast: () => entrance.throttled("request"),
    roster,
    deletion,
    accountThrottle,
    parting: createParting({
      ...common,
      throttle: accountThrottle,
      deletion,
      ...mailing,
    }),
    acts: { ...common, deletion } satisfies ActDeps,
    system: createSystem({
      db,
      store,
      clock,
      dependencies,
      verifyMail: mailer.verify,
      outbox: () => readOutbox(db),
      oldestRowAt,
      lastPurgeAt: () => lastPurgeAt(db),
    }),
    takeProfileChange: createProfilePace(store),
    appended,
    /** How each dependency answers now. */
    dependencies,
    /** Local fan-out goes through this server's native topics. */
    publishLocalBy: fanOut.by,
  };
}
