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

  function targetOf(pressed: string): string | undefined {
    const all = keys();
    const index = stop.value === undefined ? -1 : all.indexOf(stop.value);
    switch (pressed) {
      case "ArrowDown":
        return all[index + 1];
      case "ArrowUp":
        return all[Math.max(index - 1, 0)];
      case "Home":
        return all[0];
      case "End":
        return all.at(-1);
      default:
        return undefined;
    }
  }

  return {
    tabIndex: (key) => (key === stop.value ? 0 : -1),
    focused(key) {
      at.value = key;
    },
    press(event) {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const target = targetOf(event.key);
      if (target === undefined) return;
      event.preventDefault();
      at.value = target;
      void nextTick(() => focus(target));
    },
  };
}
