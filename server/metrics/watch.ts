/** Wrappers that measure what they wrap and change nothing of it. The wiring puts them between the parts. */
import type { UserId } from "#protocol/ids.ts";
import type { Command } from "#protocol/frames.ts";
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Connection, Dispatch } from "../gateway/connection.ts";
import type { Committed, Writer } from "../messages/writer.ts";
import type { PresenceSeen } from "../presence/announcement.ts";
import type { Presence } from "../presence/presence.ts";
import type { Delivery } from "./delivery.ts";
import type { Entrance } from "./entrance.ts";
import { fieldOf, kindOf } from "./traffic.ts";
import type { Resumed, Traffic } from "./traffic.ts";

/**
 * Times sends. The writer tells of a commit and gives its outcomes in the same turn of the event loop, so the two moments
 * that were noted last belong to whatever outcome comes next.
 */
export function createCommitWatch(delivery: Delivery) {
  let committedAtMs = 0;
  let fannedOutAtMs = 0;
  return {
    committed(batch: Committed) {
      committedAtMs = performance.now();
      delivery.batch(batch);
    },
    fannedOut: () => void (fannedOutAtMs = performance.now()),
    watch(writer: Writer): Writer {
      return {
        ...writer,
        write(change) {
          const arrivedAtMs = performance.now();
          const outcome = writer.write(change);
          if (change.kind === "send") {
            void outcome.then((given) => delivery.sent(given, { arrivedAtMs, committedAtMs, fannedOutAtMs }));
          } else if (change.kind === "revise") delivery.revised(change.act.is);
          else delivery.marked(change.kind);
          return outcome;
        },
      };
    },
  };
}

/** Times presence from what a device says to what is announced of it. Ends of leases come by themselves: only counted. */
export function createPresenceWatch(delivery: Delivery) {
  const saidAtMs = new Map<UserId, number>();
  return {
    announced({ user, state }: PresenceSeen, { changed }: { changed: boolean }) {
      if (!changed) return;
      delivery.presenceChanged(state);
      const since = saidAtMs.get(user);
      if (since !== undefined) delivery.presenceTold(performance.now() - since);
    },
    watch(presence: Presence): Presence {
      return {
        ...presence,
        async hold(user, connection, state) {
          const since = performance.now();
          saidAtMs.set(user, since);
          try {
            await presence.hold(user, connection, state);
          } finally {
            if (saidAtMs.get(user) === since) saidAtMs.delete(user);
          }
        },
      };
    },
  };
}

export function watchBus(
  bus: Bus,
  { delivery, clock, instance }: { delivery: Delivery; clock: Clock; instance: string },
): Bus {
  return {
    ...bus,
    async publish(records) {
      try {
        await bus.publish(records);
        delivery.published(records);
      } catch (error) {
        delivery.publishFailed();
        throw error;
      }
    },
    subscribe: (receive) =>
      bus.subscribe((record, publishedAt) => {
        receive(record, publishedAt);
        delivery.received(record, { foreign: record.origin !== instance, publishedAt, now: clock() });
      }),
  };
}

/** Counts what hellos come to. A hello after a resync is the snapshot's, not a hole's. */
export function watchDispatch(dispatch: Dispatch, traffic: Traffic): Dispatch {
  const resyncing = new WeakSet<Connection>();

  async function hello(command: Command, connection: Connection): Promise<string[]> {
    const again = connection.greeted && !resyncing.delete(connection);
    const frames = await dispatch(command, connection);
    const resumed = resumedOf(frames);
    if (resumed?.is === "resync") resyncing.add(connection);
    if (resumed !== null) traffic.resumed(resumed, { again });
    return frames;
  }

  return (command, connection) =>
    command.type === "hello" ? hello(command, connection) : dispatch(command, connection);
}

/** Null: the hello was not accepted. */
function resumedOf(frames: readonly string[]): Resumed | null {
  const kinds = frames.map(kindOf);
  if (!kinds.includes("welcome")) return null;
  const resync = frames[kinds.indexOf("resync")];
  if (resync !== undefined) return { is: "resync", reason: fieldOf(resync, "reason") };
  return { is: kinds.includes("event") ? "events" : "current" };
}

/** Wraps what hands a mail to the mail server. */
export function watchMail<Mail>(send: (mail: Mail) => Promise<unknown>, { mailed }: Entrance) {
  return async function watchedSend(mail: Mail): Promise<void> {
    try {
      await send(mail);
      mailed("sent");
    } catch (error) {
      mailed("failed");
      throw error;
    }
  };
}
