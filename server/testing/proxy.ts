/** A loopback proxy in front of a service, for tests of what happens when the network does not carry. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface Proxy {
  port: number;
  /** Nothing goes through any more, in either direction, and nobody is told. */
  freeze(): void;
  /** What was held back goes through, and the rest too. */
  thaw(): void;
  /** Breaks all connections and refuses new ones. */
  cut(): void;
  /** Lets new connections through again. */
  mend(): void;
  close(): Promise<void>;
}

/** Resolves once it listens; `target` is where connections go. */
export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let broken = false;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // Broken connections are what this is for; both ends see it as the end of the connection.
    socket.on("error", () => socket.destroy());
    if (frozen) socket.pause();
  };
  const server = createServer((inward) => {
    if (broken) return void inward.destroy();
    const outward = connect(target);
    inward.pipe(outward).pipe(inward);
    keep(inward);
    keep(outward);
    inward.once("close", () => outward.destroy());
    outward.once("close", () => inward.destroy());
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;

  const breakAll = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
    cut() {
      broken = true;
      breakAll();
    },
    mend() {
      broken = false;
    },
    close() {
      breakAll();
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      return closed;
    },
  };
}
