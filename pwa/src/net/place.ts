import type { ConversationId, UserId } from "#protocol/ids.ts";
import type { Disk } from "../db/open.ts";
import { keepPlace } from "../db/place.ts";

/** Where the person is in the app. */
export interface Placing {
  /** The conversation that was open when the app was left; null for none, or one that is not here any more. */
  place(): ConversationId | null;
  setPlace(place: ConversationId | null): void;
}

export interface PlaceEdges {
  disk: Disk;
  user: UserId;
  knows(conversation: ConversationId): boolean;
  failed(error: unknown): void;
}

export function createPlace(start: ConversationId | null, { knows, failed, ...owner }: PlaceEdges): Placing {
  let place = start;
  return {
    place: () => (place !== null && knows(place) ? place : null),
    setPlace(next) {
      place = next;
      void keepPlace(owner, next).catch(failed);
    },
  };
}
