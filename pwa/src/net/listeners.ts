export interface Listeners<T> {
  /** The answer stops listening. */
  add(listen: (news: T) => void): () => void;
  tell(news: T): void;
}

export function createListeners<T>(): Listeners<T> {
  const all = new Set<(news: T) => void>();
  return {
    add(listen) {
      all.add(listen);
      return () => void all.delete(listen);
    },
    tell(news) {
      for (const listen of all) listen(news);
    },
  };
}
