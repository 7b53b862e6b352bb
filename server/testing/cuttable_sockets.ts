import { connect, Socket } from "node:net";
import type { ISocketFactory } from "kafkajs";

export interface CuttableSockets {
  socketFactory: ISocketFactory;
  /** Breaks every connection and lets no new one through. */
  cut(): void;
  mend(): void;
}

/** A network for one Kafka client that a test can cut. A proxy would not do: brokers tell clients where to go. */
export function createCuttableSockets(): CuttableSockets {
  const sockets = new Set<Socket>();
  let broken = false;
  return {
    socketFactory({ host, port, onConnect }) {
      if (broken) return deadSocket();
      const socket = connect({ host, port }, onConnect);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      return socket;
    },
    cut() {
      broken = true;
      for (const socket of sockets) socket.destroy(new Error("the network was cut"));
    },
    mend() {
      broken = false;
    },
  };
}

function deadSocket() {
  const socket = new Socket();
  setImmediate(() => socket.destroy(new Error("the network is cut")));
  return socket;
}
