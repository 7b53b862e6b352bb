/** Chance from a seed: the same seed gives the same run of numbers, on any machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  /** One of them. Throws when there is none. */
  pick<T>(of: readonly T[]): T;
  /** All of them, in another order. */
  shuffle<T>(of: readonly T[]): T[];
  /** Another source for a part of the work, so that what one part takes does not move the other. */
  branch(name: string): Random;
}

/** Mulberry32: 32 bits of state, which is plenty to vary a schedule. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const between = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick(of) {
      const [one] = of.slice(between(0, of.length - 1));
      if (one === undefined) throw new Error("picking one of nothing");
      return one;
    },
    shuffle: (of) =>
      of
        .map((item) => ({ item, key: next() }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ item }) => item),
    branch: (name) => createRandom(Number(Bun.hash.crc32(`${seed} ${name}`))),
  };
}
