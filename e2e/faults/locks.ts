/** Web Locks between the tabs of one device, as far as the PWA uses them: exclusive, in turn, given up by a signal. */
export function createLocks(): LockManager {
  let last: Promise<unknown> = Promise.resolve();

  async function request<T>(
    _name: string,
    { signal }: LockOptions,
    body: (lock: Lock | null) => Promise<T>,
  ): Promise<T> {
    const before = last;
    const { promise: over, resolve: release } = Promise.withResolvers<void>();
    last = over;
    try {
      await Promise.race([before, givenUp(signal)]);
      return await body(null);
    } finally {
      // Who comes next waits for whoever was before this one too.
      void before.then(() => release());
    }
  }

  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}

function givenUp(signal: AbortSignal | undefined): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener("abort", () => reject(new DOMException("given up", "AbortError")));
  return promise;
}
