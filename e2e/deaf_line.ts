import type { WebSocketRoute } from "@playwright/test";
import type { Person } from "./person.ts";

export interface DeafLine {
  /** What is connected stays so and hears nothing more, nor is it heard: nobody closes it. Who connects anew is heard. */
  goesDeaf(): void;
  /** How often the app has connected. */
  connected(): number;
}

/** Puts a line under the person's sockets that can go dead unheard, as under a device that slept. Before the app is opened. */
export async function lendLine({ context }: Person): Promise<DeafLine> {
  const lines: { deaf: boolean }[] = [];
  await context.routeWebSocket("/ws", (socket: WebSocketRoute) => {
    const server = socket.connectToServer();
    const line = { deaf: false };
    lines.push(line);
    socket.onMessage((data) => void (line.deaf || server.send(data)));
    server.onMessage((data) => void (line.deaf || socket.send(data)));
    socket.onClose((code, reason) => void server.close({ code: code ?? 1000, reason: reason ?? "" }));
    server.onClose(
      (code, reason) => void (line.deaf || socket.close({ code: code ?? 1000, reason: reason ?? "" })),
    );
  });
  return {
    goesDeaf() {
      for (const line of lines) line.deaf = true;
    },
    connected: () => lines.length,
  };
}
