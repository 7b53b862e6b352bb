/** Web Locks for tests: as in a browser, the tabs that share this object share the locks. Exclusive ones only. */
export function createLocks(): LockManager {
  const queues = new Map<string, Promise<unknown>>();

  async function request<T>(
    name: string,
    { signal }: LockOptions,
    body: (lock: Lock) => Promise<T>,
  ): Promise<T> {
    const before = queues.get(name) ?? Promise.resolve();
    const granted = Promise.withResolvers<void>();
    signal?.addEventListener("abort", () => granted.reject(signal.reason));
    void before.then(() => granted.resolve());
    const result = granted.promise.then(() => body({ name, mode: "exclusive" }));
    queues.set(name, Promise.allSettled([before, result]));
    return result;
  }

  return { request, query: async () => ({}) } as LockManager;
}
