const MANY = "100000";

/** A push service on this machine, for `PUSH_HOSTS`. */
export function pushHost(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** All people of a run sign in from one address, within minutes. What the limits do is for the unit tests. */
export const GENEROUS = {
  CODES_PER_NUMBER_HOUR: MANY,
  CODES_PER_IP_HOUR: MANY,
  CODES_PER_MINUTE: MANY,
  TRIES_PER_IP_HOUR: MANY,
  // Several instances run on one machine: each shows its metrics at a port of its own.
  METRICS_PORT: "0",
};
