import { Kafka, logLevel } from "kafkajs";
import type { ISocketFactory, LogEntry } from "kafkajs";
import type { Logger } from "pino";
import type { KafkaConfig } from "../config.ts";
import type { BusTopic } from "./bus.ts";

const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 5_000;
/** Wait before a try is repeated: doubles from the first number, never beyond the second. */
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 2_000;
/** One call of kafkajs repeats itself so often before it fails. */
const RETRIES = 3;
/** While brokers are away kafkajs complains several times a second: each complaint is told once in this time. */
const TELL_AGAIN_MS = 60_000;

export interface KafkaClientOptions {
  /** Names this client in the brokers' logs. */
  clientId: string;
  log: Logger;
  /** For networks that need sockets of another make. */
  socketFactory?: ISocketFactory;
}

export function createKafkaClient(
  config: KafkaConfig,
  { clientId, log, socketFactory }: KafkaClientOptions,
): Kafka {
  return new Kafka({
    clientId,
    brokers: config.brokers,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: RETRY_FIRST_MS, maxRetryTime: RETRY_MAX_MS, retries: RETRIES },
    logLevel: logLevel.WARN,
    logCreator: () => quietly(log),
    ...(socketFactory === undefined ? {} : { socketFactory }),
  });
}

/** Full name of one of our topics. */
export function topicName(config: KafkaConfig, topic: BusTopic): string {
  return `${config.topicPrefix}.${topic}`;
}

/** kafkajs' words: warnings at debug, errors as warnings, since every one of them is tried again. */
function quietly(log: Logger) {
  const toldAt = new Map<string, number>();
  return ({ namespace, level, log: { message, error, broker } }: LogEntry) => {
    const words = `${namespace}: ${message}`;
    const now = Date.now();
    const sort = words.replaceAll(/\d+/g, "#");
    const fresh = now - (toldAt.get(sort) ?? 0) > TELL_AGAIN_MS;
    const detail = { error, broker };
    if (level > logLevel.ERROR || !fresh) return log.debug(detail, words);
    for (const [other, at] of toldAt) if (now - at > TELL_AGAIN_MS) toldAt.delete(other);
    toldAt.set(sort, now);
    log.warn(detail, words);
  };
}
