/** Questions of one turn of the event loop share one query: a busy moment asks about a hundred people at once. */
export function createSharedLookUp<Key>(find: (keys: Key[]) => Promise<ReadonlySet<Key>>) {
  let waiting: { keys: Set<Key>; found: Promise<ReadonlySet<Key>> } | null = null;

  function load(): { keys: Set<Key>; found: Promise<ReadonlySet<Key>> } {
    const keys = new Set<Key>();
    const found = Promise.resolve().then(() => {
      waiting = null;
      return find([...keys]);
    });
    return { keys, found };
  }

  return async function isAmong(key: Key): Promise<boolean> {
    waiting ??= load();
    waiting.keys.add(key);
    return (await waiting.found).has(key);
  };
}
