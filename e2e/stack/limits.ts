import type { PushPlace } from "./stack.ts";

const MANY = "100000";

/** A push service on this machine, as `PUSH_HOSTS` names it. */
export function pushHost({ name, port }: PushPlace): string {
  return `http://${name}:${port}`;
}

/** All people of a run sign in from one address, within minutes. What the limits do is for the unit tests. */
export const GENEROUS = {
  CODES_PER_NUMBER_HOUR: MANY,
  CODES_PER_IP_HOUR: MANY,
  CODES_PER_MINUTE: MANY,
  TRIES_PER_IP_HOUR: MANY,
  REQUESTS_PER_IP_SECOND: MANY,
  REQUESTS_PER_PERSON_SECOND: MANY,
  // Several instances run on one machine: each shows its metrics at a port of its own.
  METRICS_PORT: "0",
};
