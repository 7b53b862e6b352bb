/** Fan-out to the sockets of this instance, by the native topics of Bun's server. Nobody hears anything before there is one. */

/** Told of each fan-out, for whoever counts it. */
interface FanOutWatch {
  fannedOut(frame: string, counts: { connections: number; taken: number }): void;
}

/** What fan-out needs of Bun's server. */
interface FanOutServer {
  publish(topic: string, frame: string): number;
  subscriberCount(topic: string): number;
}

export interface FanOut {
  /** Hands `frame` to every socket that is subscribed to `topic`. */
  publish(topic: string, frame: string): void;
  /** How many sockets are subscribed to `topic`. */
  listeners(topic: string): number;
  /** `app` has the server once it listens. */
  by(app: { server: FanOutServer | null }): void;
}

export function createFanOut(watch: FanOutWatch): FanOut {
  let serving: { server: FanOutServer | null } = { server: null };
  const listeners = (topic: string) => serving.server?.subscriberCount(topic) ?? 0;
  return {
    publish(topic, frame) {
      const connections = listeners(topic);
      if (serving.server === null || connections === 0) return;
      watch.fannedOut(frame, { connections, taken: serving.server.publish(topic, frame) });
    },
    listeners,
    by: (app) => void (serving = app),
  };
}
