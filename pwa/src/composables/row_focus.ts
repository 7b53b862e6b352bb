import type { VirtualizerHandle } from "virtua/vue";
import { nextTick } from "vue";
import type { Ref } from "vue";
import type { Row } from "../timeline/rows.ts";
import { keyAfter } from "./list_stop.ts";

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
    const keys = rows.value.filter(({ kind }) => kind === "message").map(({ key }) => key);
    const target = keyAfter(event, { keys, from: from?.dataset["key"] });
    if (target === undefined) return false;
    event.preventDefault();
    void focus(rows.value.findIndex(({ key }) => key === target));
    return true;
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
