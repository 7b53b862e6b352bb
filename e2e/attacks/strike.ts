/**
 * One attack, in a process of its own so that what it costs the attacker does not slow those who look on. Prints what came of it
 * as a line of JSON.
 *
 * usage: bun e2e/attacks/strike.ts NAME URL SECONDS COOKIE...
 */
import { constants, setPriority } from "node:os";
import { STRIKES, type StrikeName } from "./strikes.ts";

// Attackers have machines of their own. On this one they get what the others leave them.
setPriority(constants.priority.PRIORITY_LOW);

const [name = "", url = "", seconds = "", ...cookies] = process.argv.slice(2);
if (!(name in STRIKES)) throw new Error(`there is no attack called ${name}`);
const outcome = await STRIKES[name as StrikeName]({
  url,
  cookies,
  untilMs: Date.now() + Number(seconds) * 1_000,
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
process.exit();
