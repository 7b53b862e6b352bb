/**
 * Why the server closes a WebSocket. The grammar: 4000-4499 mean come back (with backoff), 4500-4999 mean don't.
 * 1001, 1006, 1011 and 1012 come from below (browser, proxy, runtime) and mean come back.
 */
export const CLOSE = {
  /** The instance stops; another one is there. */
  draining: 4000,
  /** No `hello` in time, or no ping for `SILENCE_MS`. */
  silent: 4001,
  /** Too many commands waiting for their answers. */
  flooding: 4002,
  /** The server met an error of its own while handling this connection. */
  fault: 4003,
  /** The session ended: signed out, or expired. */
  signedOut: 4500,
  /** The session was revoked from another device or by the administrator. */
  revoked: 4501,
  /** Protocol or build too old: reload first. */
  outdated: 4502,
  /** What came in was no frame of this protocol. */
  badFrame: 4503,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** First code of the range that means: do not come back by yourself. */
export const CLOSE_FOR_GOOD_FROM = 4500;
