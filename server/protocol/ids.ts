/** Ids on the wire. Branded, so that one kind of id cannot stand where another is meant. */

declare const brand: unique symbol;
type Branded<T, Name> = T & { readonly [brand]: Name };

/** A person's account: a random UUID. */
export type UserId = Branded<string, "UserId">;
/** The pair of users that messages belong to: a random UUID. */
export type ConversationId = Branded<string, "ConversationId">;
/** A signed-in device: a random UUID. It names the session; it does not open it (the cookie's token does). */
export type SessionId = Branded<string, "SessionId">;
/** An invite, for whoever made it: a random UUID. It names the invite; it does not open it (the link's token does). */
export type InviteId = Branded<string, "InviteId">;
/** The sender's own id of a message: a UUIDv7, made once when the person presses Send, kept through every retry. */
export type Cid = Branded<string, "Cid">;
/** Identity of the log itself: a UUID that changes when history was lost (a restored backup). */
export type Epoch = Branded<string, "Epoch">;
/** Position in a user's inbox: dense, counts from 1; 0 means nothing read yet. */
export type Cursor = number;
/** Position of a message in its conversation: dense, counts from 1. */
export type Seq = number;
/** A moment: milliseconds since 1970 UTC, by the server's clock unless the name says otherwise. */
export type EpochMs = number;
