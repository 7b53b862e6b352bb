/** The bus promises each record at least once, and little more: here it makes use of all that it did not promise. */
import { Kafka, logLevel, Partitioners, type Message, type Producer } from "kafkajs";
import type { Fault } from "./fault.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

const COPY = "copy";
const AGAIN_CHANCE = 0.5;
const LATE_MS = { from: 100, to: 4_000 };
const SHUFFLED_EVERY_MS = 300;
const CONNECT_WITHIN_MS = 5_000;

export const BUS_FAULTS: Fault[] = [
  {
    kind: "bus events doubled and delayed and reordered",
    needs: ["kafka"],
    forMs: [3_000, 8_000],
    async run(world, chosen) {
      await meddle(world, chosen).catch((error: unknown) => {
        world.witness.note(`the bus could not be meddled with: ${String(error)}`);
      });
    },
  },
];

/** Copies what passes, and publishes the copies again: some at once, some late, all in another order. */
async function meddle({ backing, fleet }: World, { random, forMs }: { random: Random; forMs: number }) {
  const kafka = new Kafka({
    brokers: [backing.direct.brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECT_WITHIN_MS,
  });
  const consumer = kafka.consumer({ groupId: `meddler-${crypto.randomUUID()}` });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  let waiting: { topic: string; message: Message }[] = [];
  const late = new Set<Promise<void>>();
  const shuffle = (): void => {
    const copies = random.shuffle(waiting);
    waiting = [];
    for (const copy of copies) track(late, send(producer, copy));
  };
  const timer = setInterval(shuffle, SHUFFLED_EVERY_MS);
  try {
    await Promise.all([consumer.connect(), producer.connect()]);
    await consumer.subscribe({ topics: fleet.topics });
    await consumer.run({
      autoCommit: false,
      async eachMessage({ topic, message: { key, value, headers } }) {
        if (headers?.[COPY] !== undefined) return;
        const copy = { topic, message: { key, value, headers: { ...headers, [COPY]: "1" } } };
        waiting.push(copy);
        if (!random.chance(AGAIN_CHANCE)) return;
        const lateMs = random.between(LATE_MS.from, LATE_MS.to);
        track(
          late,
          Bun.sleep(lateMs).then(() => send(producer, copy)),
        );
      },
    });
    await Bun.sleep(forMs);
  } finally {
    clearInterval(timer);
    shuffle();
    await Promise.all(late);
    await Promise.allSettled([consumer.disconnect(), producer.disconnect()]);
  }
}

function track(all: Set<Promise<void>>, work: Promise<void>): void {
  const kept = work.finally(() => all.delete(kept));
  all.add(kept);
}

/** A copy that does not get through is no loss. */
async function send(producer: Producer, { topic, message }: { topic: string; message: Message }) {
  await producer.send({ topic, messages: [message] }).catch(() => []);
}
