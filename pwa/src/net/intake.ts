/**
 * The cursor rule, without time or disk: an inbox is dense, so an event is either the next one, an old one, or shows
 * that something is missing before it. What comes after a hole is held, so that filling the hole is enough.
 */
import type { InboxEvent } from "#protocol/frames.ts";
import type { Cursor } from "#protocol/ids.ts";

/** Events held after a hole. What is beyond comes again with the resume. */
export const HOLD_MAX = 500;

export interface Intake {
  /** Cursor of the last event that was handed on. */
  accepted(): Cursor;
  /** Takes an event and hands on those that are due now, in order; none when it is old or ahead. */
  offer(event: InboxEvent): InboxEvent[];
  /** The server has told how far its log goes. */
  heard(head: Cursor): void;
  /** True while the server is known to have more than was accepted. */
  behind(): boolean;
  /** Forgets what was heard and held: the connection is new. */
  fresh(): void;
  /** Moves to `cursor`, where a snapshot has put this device, and hands on what was held for right after it. */
  moveTo(cursor: Cursor): InboxEvent[];
}

export function createIntake(start: Cursor): Intake {
  let accepted = start;
  let head = start;
  const held = new Map<Cursor, InboxEvent>();

  function drain(): InboxEvent[] {
    const due: InboxEvent[] = [];
    for (let next = held.get(accepted + 1); next; next = held.get(accepted + 1)) {
      held.delete(next.cursor);
      accepted = next.cursor;
      due.push(next);
    }
    return due;
  }

  return {
    accepted: () => accepted,
    offer(event) {
      if (event.cursor <= accepted) return [];
      head = Math.max(head, event.cursor);
      const isNext = event.cursor === accepted + 1;
      if (isNext || held.size < HOLD_MAX) held.set(event.cursor, event);
      return drain();
    },
    heard(told) {
      head = Math.max(head, told);
    },
    behind: () => accepted < head,
    fresh() {
      head = accepted;
      held.clear();
    },
    moveTo(cursor) {
      accepted = cursor;
      head = Math.max(cursor, ...held.keys());
      for (const old of held.keys()) if (old <= cursor) held.delete(old);
      return drain();
    },
  };
}
