/** For tests only: a client of the wire that can await what it is waiting for. */
import type { Command, ServerFrame } from "#protocol/frames.ts";
import type { Epoch } from "#protocol/ids.ts";
import { PROTOCOL } from "#protocol/limits.ts";

const WAIT_MS = 10_000;

type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

export interface WireClient {
  /** Every frame that came, in order. */
  frames: ServerFrame[];
  /** The first welcome. */
  welcome: Promise<FrameOf<"welcome">>;
  say(command: Command): void;
  /** Sends any text, for what is no command. */
  sayRaw(text: string): void;
  hello(from?: { epoch?: Epoch | null; cursor?: number }): void;
  /** The first frame of a type, after those taken before, that fits. Rejects when none comes in time. */
  next<Type extends ServerFrame["type"]>(
    type: Type,
    fits?: (frame: FrameOf<Type>) => boolean,
    options?: { withinMs?: number },
  ): Promise<FrameOf<Type>>;
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
}

/** Connects with a session cookie. Rejects when the upgrade is refused. `leaves`: when it is asked to come back elsewhere. */
export async function connectClient(
  url: string,
  { cookie, origin = url, leaves = true }: { cookie: string; origin?: string; leaves?: boolean },
): Promise<WireClient> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, { headers: { cookie, origin } });
  const frames: ServerFrame[] = [];
  const taken = new Set<ServerFrame>();
  const waiting = new Set<() => void>();
  const welcome = Promise.withResolvers<FrameOf<"welcome">>();
  const { promise: closed, resolve: close } = Promise.withResolvers<{ code: number; reason: string }>();

  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data)) as ServerFrame;
    frames.push(frame);
    if (frame.type === "welcome") welcome.resolve(frame);
    // As the app does, but at once.
    if (frame.type === "bye" && leaves) socket.close();
    for (const look of waiting) look();
  });
  socket.addEventListener("close", ({ code, reason }) => close({ code, reason }));
  const opened = Promise.withResolvers<void>();
  socket.addEventListener("open", () => opened.resolve());
  socket.addEventListener("error", () => opened.reject(new Error("the upgrade was refused")));
  await opened.promise;

  const say = (command: Command) => socket.send(JSON.stringify(command));
  return {
    frames,
    welcome: welcome.promise,
    say,
    sayRaw: (text) => socket.send(text),
    hello: ({ epoch = null, cursor = 0 } = {}) =>
      say({ type: "hello", protocol: PROTOCOL, build: "2026-11-22T10:00:00Z", epoch, cursor }),
    next: (type, fits = () => true, { withinMs = WAIT_MS } = {}) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no ${type} came; got ${JSON.stringify(frames)}`));
        }, withinMs);
        function look() {
          for (const frame of frames) {
            if (taken.has(frame) || frame.type !== type || !fits(frame as FrameOf<typeof type>)) continue;
            taken.add(frame);
            clearTimeout(timer);
            waiting.delete(look);
            resolve(frame as FrameOf<typeof type>);
            return;
          }
        }
        waiting.add(look);
        look();
      }),
    closed,
    close: () => socket.close(),
  };
}
