/** What instances stand on: Postgres, Redis, Kafka and a mail catcher, each instance with a wire of its own to each. */
import { startCleanup, type Cleanup } from "../../infra/gate/cleanup.ts";
import { launchKafka } from "../../infra/gate/kafka.ts";
import { freePort } from "../../infra/gate/ports.ts";
import { launchPostgres } from "../../infra/gate/postgres.ts";
import { launchRedis } from "../../infra/gate/redis.ts";
import { type Program, startProgram } from "../stack/program.ts";
import { makeMachine, type Machine } from "./machine.ts";
import { type Proxy, startProxy } from "./proxy.ts";

/** The wires of one instance. */
export interface Wires {
  postgres: Proxy;
  redis: Proxy;
  kafka: Proxy;
}

export type BackingName = keyof Wires;

export interface Backing {
  machines: Record<BackingName, Machine>;
  wires: Wires[];
  /** Past the wires, for the rig itself. */
  direct: { databaseUrl: string; redisUrl: string; brokers: string };
  /** What an instance is told, by its number. */
  environment(instance: number): Record<string, string>;
  mailbox: string;
  stop(): Promise<void>;
}

export async function startBacking(instances: number): Promise<Backing> {
  const cleanup = await startCleanup();
  try {
    return await launch(cleanup, instances);
  } catch (error) {
    await cleanup.finish();
    throw error;
  }
}

async function launch(cleanup: Cleanup, instances: number): Promise<Backing> {
  const sideDoors: { port: number; advertised: number }[] = [];
  for (let instance = 0; instance < instances; instance++) {
    sideDoors.push({ port: await freePort(), advertised: await freePort() });
  }
  const [postgres, redis, kafka, mail] = await Promise.all([
    launchPostgres(cleanup),
    launchRedis(cleanup),
    launchKafka(cleanup, sideDoors),
    startMail(),
  ]);
  const wires = await Promise.all(
    sideDoors.map(async ({ port, advertised }) => ({
      postgres: await startProxy(() => portOf(postgres.url)),
      redis: await startProxy(() => portOf(redis.url)),
      kafka: await startProxy(() => port, { port: advertised }),
    })),
  );
  return {
    machines: {
      postgres: makeMachine(cleanup, postgres.daemon),
      redis: makeMachine(cleanup, redis.daemon),
      kafka: makeMachine(cleanup, kafka.daemon),
    },
    wires,
    direct: { databaseUrl: postgres.url, redisUrl: redis.url, brokers: kafka.url },
    environment(instance) {
      const own = wires[instance];
      if (own === undefined) throw new Error(`there is no instance ${instance}`);
      return {
        DATABASE_URL: withPort(postgres.url, own.postgres.port),
        REDIS_URL: withPort(redis.url, own.redis.port),
        KAFKA_BROKERS: `127.0.0.1:${own.kafka.port}`,
        SMTP_URL: mail.smtpUrl,
      };
    },
    mailbox: mail.mailbox,
    async stop() {
      await mail.program.stop();
      for (const own of wires) for (const wire of Object.values(own)) await wire.close();
      await cleanup.finish();
    },
  };
}

async function startMail(): Promise<{ program: Program; smtpUrl: string; mailbox: string }> {
  const [smtp, http] = [String(await freePort()), String(await freePort())];
  const mailbox = `http://127.0.0.1:${http}/dev/mail.json`;
  const args = ["server/mail/catch.ts", "--smtp", smtp, "--http", http];
  const program = await startProgram({ name: "faults-mail", args, env: {}, readyUrl: mailbox });
  return { program, smtpUrl: `smtp://127.0.0.1:${smtp}`, mailbox };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function withPort(url: string, port: number): string {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
}
