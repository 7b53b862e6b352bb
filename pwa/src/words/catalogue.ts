import type { en } from "./en.ts";

/** What each catalogue must hold: the keys of the English one, with sentences of its own. */
export type Words = Sentences<typeof en>;

type Sentences<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer Args) => string
      ? (...args: Args) => string
      : Sentences<T[K]>;
};
