import type { VirtualizerHandle } from "virtua/vue";
import { nextTick } from "vue";
import type { Ref } from "vue";
import type { Row } from "../timeline/rows.ts";

export interface RowFocusOptions {
  scroller: Readonly<Ref<HTMLElement | null>>;
  list: Readonly<Ref<VirtualizerHandle | null>>;
  rows: Readonly<Ref<readonly Row[]>>;
}

export interface RowFocus {
  /** To be called with a key that was pressed in the list. True when it moved the focus to another message. */
  move(event: KeyboardEvent): boolean;
  /** Scrolls to a row and puts the focus there. */
  focus(index: number): Promise<void>;
  /** The message that has the focus; null when something in it has, or nothing. */
  current(): HTMLElement | null;
}

/** Frames until a row that is scrolled to is in the page. */
const FRAMES_MAX = 10;

/** One tab stop for all messages: the arrow keys go from one to the next, whether it is in the page yet or not. */
export function useRowFocus({ scroller, list, rows }: RowFocusOptions): RowFocus {
  function move(event: KeyboardEvent): boolean {
    const from = current();
    if (!from && event.target !== scroller.value) return false;
    const index = indexAfter(event.key, from?.dataset["key"]);
    if (index === null) return false;
    event.preventDefault();
    if (index >= 0) void focus(index);
    return true;
  }

  /** Of the message that a key leads to; -1 when there is none that way, null when the key means something else. */
  function indexAfter(key: string, from: string | undefined): number | null {
    const at = from === undefined ? rows.value.length : rows.value.findIndex((row) => row.key === from);
    switch (key) {
      case "ArrowUp":
        return rows.value.slice(0, at).findLastIndex(isMessage);
      case "ArrowDown": {
        const next = rows.value.slice(at + 1).findIndex(isMessage);
        return next < 0 ? -1 : at + 1 + next;
      }
      case "Home":
        return rows.value.findIndex(isMessage);
      case "End":
        return rows.value.findLastIndex(isMessage);
      default:
        return null;
    }
  }

  async function focus(index: number): Promise<void> {
    const key = rows.value[index]?.key;
    if (key === undefined) return;
    list.value?.scrollToIndex(index, { align: "nearest" });
    await nextTick();
    for (let frame = 0; frame < FRAMES_MAX; frame += 1) {
      const row = scroller.value?.querySelector<HTMLElement>(`article[data-key="${key}"]`);
      if (row) return row.focus({ preventScroll: true });
      await new Promise(requestAnimationFrame);
    }
  }

  return { move, focus, current };
}

function current(): HTMLElement | null {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && focused.matches("article.message") ? focused : null;
}

function isMessage({ kind }: Row): boolean {
  return kind === "message";
}
