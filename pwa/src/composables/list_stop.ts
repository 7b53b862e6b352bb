import { computed, nextTick, ref } from "vue";

export interface ListStop {
  /** 0 for the one item that the Tab key stops at, -1 for the others. */
  tabIndex(key: string): 0 | -1;
  /** An item got the focus, by whatever way. */
  focused(key: string): void;
  /** Moves between the items with the arrow keys, Home and End. */
  press(event: KeyboardEvent): void;
}

export interface ListStopOptions {
  /** The items in the order they are shown, by keys of their own. */
  keys: () => readonly string[];
  /** Where the Tab key stops until the person has moved. */
  first?: () => string | undefined;
  /** Puts the focus on an item; it may have to be brought into the page first. */
  focus: (key: string) => void | Promise<void>;
}

/** A list is one stop of the Tab key; inside it the arrow keys move. */
export function useListStop({ keys, first = () => undefined, focus }: ListStopOptions): ListStop {
  const at = ref<string | null>(null);
  const stop = computed(() => {
    const all = keys();
    const wanted = [at.value, first()].find((key) => typeof key === "string" && all.includes(key));
    return wanted ?? all[0];
  });

  return {
    tabIndex: (key) => (key === stop.value ? 0 : -1),
    focused(key) {
      at.value = key;
    },
    press(event) {
      const target = keyAfter(event, { keys: keys(), from: stop.value });
      if (target === undefined) return;
      event.preventDefault();
      at.value = target;
      void nextTick(() => focus(target));
    },
  };
}

/** Where a pressed key leads in a list; undefined when nowhere. From outside of the list, up leads to its end. */
export function keyAfter(
  event: KeyboardEvent,
  { keys, from }: { keys: readonly string[]; from: string | undefined },
): string | undefined {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
    return undefined;
  const at = from === undefined ? keys.length : keys.indexOf(from);
  switch (event.key) {
    case "ArrowDown":
      return keys[at + 1];
    case "ArrowUp":
      return keys[Math.max(at - 1, 0)];
    case "Home":
      return keys[0];
    case "End":
      return keys.at(-1);
    default:
      return undefined;
  }
}
