/** Every limit of the wire in one place. The server enforces them; `welcome` tells the ones a client needs. */

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/** Version of the wire that this code speaks. A server refuses a `hello` with another number. */
export const PROTOCOL = 1;

/** History kept, on every copy. Nothing older is ever shown. */
export const RETENTION_MS = 7 * DAY_MS;

/** Largest frame in either direction, bytes of UTF-8: the longest message (3 bytes a unit) and JSON around it. */
export const FRAME_MAX_BYTES = 16 * 1024;
/** Longest message, counted in UTF-16 code units after NFC. */
export const TEXT_MAX_CHARS = 4_000;
/** Who wrote a message may change its text for so long, by the server's clock. */
export const EDIT_WITHIN_MS = 15 * 60 * SECOND_MS;
/** Longest emoji, in UTF-16 code units: a family of four with skin tones, and some room. */
export const EMOJI_MAX_CHARS = 48;

/** Longest name of a person, or alias that somebody gives them, in UTF-16 code units after NFC. */
export const NAME_MAX_CHARS = 80;

/** An invite is good for so long, and a person has at most so many that are. */
export const INVITE_TTL_MS = 7 * DAY_MS;
export const INVITES_OPEN_MAX = 10;

/** A client pings this often. */
export const HEARTBEAT_MS = 25 * SECOND_MS;
/** A connection that did not ping for this long is closed: two heartbeats and a bit. */
export const SILENCE_MS = 60 * SECOND_MS;
/** A socket must say `hello` within this time. */
export const HELLO_WITHIN_MS = 10 * SECOND_MS;

/** Sends at once, and sends per second after that, of one user on one instance. */
export const SEND_BURST = 40;
export const SENDS_PER_SECOND = 10;
/** Every other command (marks, typing, pings), likewise. */
export const COMMAND_BURST = 120;
export const COMMANDS_PER_SECOND = 40;
/** Connections, and resumes on them (each may replay `RESUME_MAX_EVENTS`), of one user on one instance. */
export const RESUME_BURST = 60;
export const RESUMES_PER_SECOND = 2;
/** What a connection that is closed for flooding costs its user of these: the next ones come back later and later. */
export const FLOOD_COSTS_RESUMES = 20;
/** Connections that one user may have open on one instance. */
export const CONNECTIONS_PER_USER_MAX = 64;

/** Commands of one connection that may wait for their answers. One more closes the connection. */
export const IN_FLIGHT_MAX = 128;
/** Bytes that may wait in one connection's send buffer. A slower reader is closed and resumes. */
export const SEND_BUFFER_MAX_BYTES = 1024 * 1024;

/** Events one resume may replay. Further behind than this, a client refetches a snapshot. */
export const RESUME_MAX_EVENTS = 2_000;
/** A client that sees a hole in its cursors waits this long for the missing event, then resumes. */
export const HOLE_WAIT_MS = 500;

/** Messages in a page of history when the client names no limit, and at most. */
export const PAGE_MESSAGES = 50;
export const PAGE_MESSAGES_MAX = 200;

/** Longest text that is searched for, counted as a message's. */
export const SEARCH_MAX_CHARS = 200;
/** Messages that one search finds at most, newest first, and the newest messages of a user that it looks through. */
export const SEARCH_FOUND_MAX = 50;
export const SEARCH_SCAN_MAX = 10_000;
/** Searches at once, and searches per second after that, of one user on one instance. */
export const SEARCH_BURST = 10;
export const SEARCHES_PER_SECOND = 2;

/** A typist says so at most this often; the notice dies on the receiver after the second number. */
export const TYPING_EVERY_MS = 3 * SECOND_MS;
export const TYPING_TTL_MS = 6 * SECOND_MS;

/** A user whose last connection went away is offline after this grace: a reload announces nothing. */
export const PRESENCE_GRACE_MS = 15 * SECOND_MS;
/** A presence lease that nobody refreshes dies after this: a crashed instance's people go offline by themselves. */
export const PRESENCE_LEASE_MS = SILENCE_MS + 10 * SECOND_MS;
/** A presence notice is good for this long; the server renews it at half that age while it stays true. */
export const PRESENCE_UNTIL_MS = 5 * 60 * SECOND_MS;

/** Digits of a one-time code, its life, its tries, and the wait before another may be asked for. */
export const CODE_DIGITS = 6;
export const CODE_TTL_MS = 5 * 60 * SECOND_MS;
export const CODE_TRIES = 5;
export const CODE_RESEND_MS = 30 * SECOND_MS;
