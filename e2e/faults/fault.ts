/** One way in which things go wrong, and come right again by the end of `run`. */
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** What a fault takes hold of: two faults never have the same thing at once. */
export type Resource =
  "postgres" | "redis" | "kafka" | "instances" | "wires" | "devices" | "tabs" | "sessions" | "none";

export interface Fault {
  kind: string;
  needs: readonly Resource[];
  /** How long it lasts: at least, at most. */
  forMs: readonly [number, number];
  /** In how many of its turns it is left out: faults like this stretch what comes after them. */
  rare?: number;
  /** Takes minutes: only for rounds that have them. */
  long?: boolean;
  run(world: World, chosen: { random: Random; forMs: number }): Promise<void>;
}
