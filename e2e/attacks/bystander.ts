/** Two people who talk while others attack: whether each message arrives, and how long it takes. */
import { Device } from "../load/device.ts";
import type { Somebody } from "./target.ts";

/** They are not in the attackers' network: the instance is told by the proxy that it takes this machine for. */
const ELSEWHERE = { "x-forwarded-for": "198.51.100.1" };
/** Slower than the server's pace for a person, so that nothing is refused. */
const EVERY_MS = 125;
const ARRIVES_WITHIN_MS = 30_000;

export interface Talk {
  /** Waits until everything that was said has arrived, and tells how long each message took, milliseconds. */
  end(): Promise<number[]>;
}

/** They are contacts, and say something eight times a second from now on. */
export async function startTalk(url: string, [alice, bob]: readonly [Somebody, Somebody]): Promise<Talk> {
  const [from, to] = [alice, bob].map(
    (person) => new Device({ ...person, cursor: 0, url, headers: ELSEWHERE }, { marks: false }),
  ) as [Device, Device];
  const saidAt = new Map<string, number>();
  const tookMs: number[] = [];
  let missing: string | null = null;
  to.handlers.heard = (frame, at) => {
    if (frame.type !== "event" || frame.kind !== "message") return;
    const since = saidAt.get(frame.cid);
    if (since === undefined) return;
    saidAt.delete(frame.cid);
    tookMs.push(at - since);
  };
  from.handlers.heard = (frame) => {
    if (frame.type === "refused") missing = `a message was refused: ${frame.code}`;
  };
  for (const device of [from, to]) {
    device.handlers.closed = (code) => (missing = `somebody who did nothing wrong was closed with ${code}`);
    await device.connect();
  }
  const timer = setInterval(() => saidAt.set(from.send(bob.id, "still here"), performance.now()), EVERY_MS);

  return {
    async end() {
      clearInterval(timer);
      const giveUpAt = performance.now() + ARRIVES_WITHIN_MS;
      while (saidAt.size > 0 && missing === null && performance.now() < giveUpAt) await Bun.sleep(5);
      for (const device of [from, to]) {
        delete device.handlers.closed;
        device.close();
      }
      if (missing !== null) throw new Error(missing);
      if (saidAt.size > 0) throw new Error(`${saidAt.size} of the bystanders' messages did not arrive`);
      return tookMs;
    },
  };
}
