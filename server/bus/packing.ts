/**
 * Many records in one Kafka message. A message costs kafkajs about 45 µs to send and to read, whatever is in it, and a commit of
 * a busy moment has a record for each of a hundred people; packed, it is one message a partition. Each record is a line of
 * JSON that says what it is and how long its body is, then the body as it came: frames are not encoded once more.
 */
import type { BusRecord, BusTopic } from "./bus.ts";

type Heading = [kind: string, key: string, origin: string, bodyChars: number];

/** The records that go to each partition, in their order. Those of one key are always in the same. */
export function byPartition(
  records: readonly BusRecord[],
  { partitions }: { partitions: number },
): Map<number, BusRecord[]> {
  return Map.groupBy(records, ({ key }) => Bun.hash.crc32(key) % partitions);
}

export function pack(records: readonly BusRecord[]): string {
  return records
    .map(({ kind, key, origin, body }) => {
      const heading: Heading = [kind, key, origin, body.length];
      return `${JSON.stringify(heading)}\n${body}`;
    })
    .join("");
}

/** A newer instance may have packed kinds that are unknown here: receivers pass over them. Throws on what `pack` did not make. */
export function unpack(topic: BusTopic, packed: string): BusRecord[] {
  const records: BusRecord[] = [];
  for (let at = 0; at < packed.length;) {
    const end = packed.indexOf("\n", at);
    const [kind, key, origin, bodyChars] = JSON.parse(packed.slice(at, end)) as Heading;
    const start = end + 1;
    at = start + bodyChars;
    records.push({ topic, key, origin, kind: kind as BusRecord["kind"], body: packed.slice(start, at) });
  }
  return records;
}
