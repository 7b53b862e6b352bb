/**
 * Lets answers wait for the end of the turn of the event loop. A commit answers many commands at once, and its events go to the
 * same sockets; sent one by one each frame would be a system call of its own, sent together they are one for each socket.
 */
import type { Connection } from "./connection.ts";

/** Returns what a connection calls when it has something to send. */
export function createFlusher(): (connection: Connection) => void {
  let waiting: Connection[] = [];

  function flushAll(): void {
    const flushed = waiting;
    waiting = [];
    for (const connection of flushed) connection.flush();
  }

  return function flushSoon(connection) {
    if (waiting.length === 0) setImmediate(flushAll);
    waiting.push(connection);
  };
}
