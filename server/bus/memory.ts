/**
 * The bus inside one process: a hub that every bus joined to it hears. Records are handed over in a later turn, as over a
 * network: who publishes has gone on by then, and who subscribes late misses what came before. Nobody is ever away, so
 * nothing needs keeping.
 */
import type { Bus, BusRecord, Receive } from "./bus.ts";
import { createMemoryGroups } from "./memory_groups.ts";
import type { Logger } from "pino";

export interface MemoryHub {
  /** One more instance on the hub. */
  join(): Bus;
}

export function createMemoryHub({ log }: { log: Logger }): MemoryHub {
  const receivers = new Set<Receive>();
  const groups = createMemoryGroups({ log });

  function publish(records: readonly BusRecord[]) {
    const publishedAt = Date.now();
    for (const receive of receivers) {
      for (const record of records) {
        queueMicrotask(() => receivers.has(receive) && receive(record, publishedAt));
      }
    }
    for (const record of records) if (record.topic === "events") groups.offer(record, publishedAt);
  }

  return {
    join() {
      let closed = false;
      let receiver: Receive | null = null;
      let leave: (() => void) | null = null;
      return {
        async publish(records) {
          if (closed) throw new Error("the bus is closed");
          publish(records);
        },
        async subscribe(receive) {
          if (receiver !== null) throw new Error("this bus is subscribed already");
          receiver = (record, publishedAt) => receive(record, publishedAt);
          receivers.add(receiver);
        },
        async consume(group, handle) {
          if (leave !== null) throw new Error("this bus consumes already");
          leave = groups.join(group, handle);
        },
        healthy: () => !closed,
        async close() {
          closed = true;
          if (receiver !== null) receivers.delete(receiver);
          leave?.();
        },
      };
    },
  };
}
