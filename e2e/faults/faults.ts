/** `bun run faults`: see `arguments.ts` for what may be asked, and `round.ts` for what happens. */
import { readArguments } from "./arguments.ts";

const options = readArguments(process.argv.slice(2));
if (options.plant !== null) {
  const { plantHere } = await import("./planted/plant.ts");
  plantHere(options.plant);
}
// Only now: what is planted must be in place before the PWA's code is read.
const { runRound } = await import("./round.ts");
const { breaches } = await runRound(options);
process.exit(breaches.length === 0 ? 0 : 1);
