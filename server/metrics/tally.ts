/**
 * A counter for what happens many times a second: it counts in plain numbers, and the library hears of them at a scrape.
 * Looking up a labelled counter there takes longer than much of what is counted here.
 */
import { Counter } from "prom-client";
import type { Registry } from "prom-client";

/** One series of a tally. Whoever counts adds to it. */
export interface Cell {
  count: number;
}

export interface TallyOptions<Value extends string> {
  name: string;
  help: string;
  label: string;
  /** Every value of the label: all are shown from the start, so that the first increase of each can be seen. */
  values: readonly Value[];
}

/** A counter with one label from a closed list. */
export function createTally<Value extends string>(
  registry: Registry,
  { name, help, label, values }: TallyOptions<Value>,
): Record<Value, Cell> {
  const cells = Object.fromEntries(values.map((value) => [value, { count: 0 }])) as Record<Value, Cell>;
  registry.registerMetric(
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [],
      collect() {
        this.reset();
        for (const value of values) this.inc({ [label]: value }, cells[value].count);
      },
    }),
  );
  return cells;
}

/** A counter without labels. */
export function createCount(registry: Registry, { name, help }: { name: string; help: string }): Cell {
  const cell: Cell = { count: 0 };
  createSum(registry, { name, help, read: () => cell.count });
  return cell;
}

/** A counter of what somebody else sums up. */
export function createSum(
  registry: Registry,
  { name, help, read }: { name: string; help: string; read: () => number },
): void {
  registry.registerMetric(
    new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(read());
      },
    }),
  );
}

/** The cell of a value that may come from outside: whatever is not in the tally's list shares `other`. */
export function cellOf(cells: Readonly<Record<string, Cell>>, value: string): Cell {
  const cell = Object.hasOwn(cells, value) ? cells[value] : cells["other"];
  if (cell === undefined) throw new Error("this tally has no place for other values");
  return cell;
}
