/** Groups of one process: each record goes to one member, those of a key to the same one as long as it is there. */
import type { Logger } from "pino";
import type { EpochMs } from "#protocol/ids.ts";
import type { BusRecord, Handle } from "./bus.ts";

interface Offered {
  record: BusRecord;
  publishedAt: EpochMs;
}

interface Member {
  handle: Handle;
  /** Not handled yet; the first of a key is being handled. */
  waiting: Map<string, Offered[]>;
}

export function createMemoryGroups({ log }: { log: Logger }) {
  const groups = new Map<string, Member[]>();

  function give(members: readonly Member[], offered: Offered): void {
    const { key } = offered.record;
    const member = members.find(({ waiting }) => waiting.has(key)) ?? members[keyed(key, members.length)];
    if (member === undefined) return;
    const queue = member.waiting.get(key);
    if (queue !== undefined) return void queue.push(offered);
    member.waiting.set(key, [offered]);
    queueMicrotask(() => void work(member, key));
  }

  async function work({ handle, waiting }: Member, key: string): Promise<void> {
    for (let first = waiting.get(key)?.[0]; first !== undefined; first = waiting.get(key)?.[0]) {
      try {
        await handle(first.record, first.publishedAt);
      } catch (error) {
        log.error({ err: error, kind: first.record.kind }, "a bus record could not be handled");
      }
      waiting.get(key)?.shift();
    }
    waiting.delete(key);
  }

  return {
    offer(record: BusRecord, publishedAt: EpochMs): void {
      for (const members of groups.values()) give(members, { record, publishedAt });
    },
    /** The answer leaves: what was not handled goes to who is left. */
    join(group: string, handle: Handle): () => void {
      const member: Member = { handle, waiting: new Map() };
      groups.set(group, [...(groups.get(group) ?? []), member]);
      return () => {
        const left = (groups.get(group) ?? []).filter((other) => other !== member);
        groups.set(group, left);
        const unhandled = [...member.waiting.values()].flat();
        member.waiting.clear();
        for (const offered of unhandled) give(left, offered);
      };
    },
  };
}

function keyed(key: string, members: number): number {
  return members === 0 ? 0 : Bun.hash.crc32(key) % members;
}
