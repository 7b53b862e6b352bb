/** `bun run faults`: see `arguments.ts` for what may be asked, and `round.ts` for what happens. */
import { Missing } from "../../infra/gate/missing.ts";
import { readArguments } from "./arguments.ts";

const options = readArguments(process.argv.slice(2));
if (options.plant !== null) {
  const { plantHere } = await import("./planted/plant.ts");
  plantHere(options.plant);
}
// Only now: what is planted must be in place before the PWA's code is read.
const { runRound } = await import("./round.ts");
const { markdown } = await import("./report.ts");

const say = (line: string) => process.stdout.write(`${line}\n`);
try {
  const { report, path } = await runRound(options, say);
  say(`\n${markdown(report)}\nThe report is in ${path}.`);
  process.exit(report.breaches.length === 0 ? 0 : 1);
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
