/** How notices of presence reach the sockets of all instances that may see them. */
import type { Logger } from "pino";
import type { PresenceNotice } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Bus } from "../bus/bus.ts";
import type { FanOut } from "./fan_out.ts";
import { presenceTopic } from "./topics.ts";

export interface PresenceNotices {
  /** To the sockets here, and by the bus to the other instances. Resolves once the bus has taken it, rejects when it did not. */
  announce(notice: PresenceNotice): Promise<void>;
  /** Another instance announced `told`: the sockets here hear how the user is by now. */
  turned(user: UserId, told: string): Promise<void>;
}

export interface PresenceNoticesDeps {
  /** Id of this instance. */
  instance: string;
  bus: Pick<Bus, "publish">;
  log: Logger;
  presenceOf: (users: readonly UserId[]) => Promise<PresenceNotice[]>;
  fanOut: Pick<FanOut, "publish" | "listeners">;
}

export function createPresenceNotices(deps: PresenceNoticesDeps): PresenceNotices {
  const { instance, bus, log, fanOut } = deps;
  return {
    announce(notice) {
      const frame = JSON.stringify(notice);
      fanOut.publish(presenceTopic(notice.user), frame);
      return bus.publish([
        { topic: "notices", key: notice.user, origin: instance, kind: "presence", body: frame },
      ]);
    },
    /*
     * Notices of two instances, or of one that had to repeat itself, may come in another order than they were made, and one may
     * overtake the answer to a question that was asked before it. The store answers in the order it is asked, so what is asked now
     * is the newest whatever came before. What was told is handed on only where the store does not answer.
     */
    async turned(user, told) {
      const topic = presenceTopic(user);
      if (fanOut.listeners(topic) === 0) return;
      try {
        for (const notice of await deps.presenceOf([user])) fanOut.publish(topic, JSON.stringify(notice));
      } catch (error) {
        log.warn({ err: error }, "how somebody is by now cannot be read; what was told is handed on");
        fanOut.publish(topic, told);
      }
    },
  };
}
