/**
 * The gate: everything that must hold before a change is good. `bun run test` is all of it, `bun run ok` (`--fast`) what
 * needs neither a service nor a browser, `bun run e2e` (`--e2e`) the part with one. It begins on a machine with nothing but Bun, so nothing that is
 * imported here may come from node_modules.
 */
import { join } from "node:path";
import { endWithNpx } from "../local/launcher.ts";
import { readArguments, type Plan, type Stack } from "./arguments.ts";
import { type Cleanup, startCleanup } from "./cleanup.ts";
import { countBunTest, countPlaywright, NONE } from "./counts.ts";
import { ROOT } from "./paths.ts";
import { quickTests } from "./quick.ts";
import { startServices, type ServiceName, type Services } from "./services.ts";
import { makeSteps, print, type Steps } from "./step.ts";

const SIGNAL_EXIT_CODE = 130;
const TEST_WITHIN_MS = 30_000;
const ATTACK_WITHIN_MS = 120_000;

const plan = readArguments(process.argv.slice(2));
const cleanup = await startCleanup();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void cleanup.finish().then(() => process.exit(SIGNAL_EXIT_CODE)));
}
endWithNpx();
const steps = makeSteps(cleanup);
try {
  await runGate(plan, { cleanup, steps });
} finally {
  await cleanup.finish();
}
const { passed, failed, names } = steps.total();
// Once more at the end: between all that a failure prints they are hard to find.
for (const name of names) print(`failed: ${name}`);
print(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function runGate(
  { checks, units, stacks, rest }: Plan,
  run: { cleanup: Cleanup; steps: Steps },
): Promise<void> {
  const { steps } = run;
  if (!(await install(steps))) return;

  const starting = startServices(run.cleanup, neededServices(units, stacks));
  // Whether it succeeds is asked below; until then a failure must not end the process.
  starting.catch(() => {});
  // The checks keep one core busy, while the tests mostly wait for services.
  const checking = checks ? runChecks(steps) : Promise.resolve();

  let services: Services = { env: {}, origin: "" };
  const ready = await steps.work("services", async () => {
    services = await starting;
    return services.origin;
  });
  if (ready && units !== "none") await runUnits(steps, { units, env: services.env });
  await checking;
  if (!ready) return blockAll(steps, { by: "services", units, stacks });
  if (stacks.length === 0) return;
  if (!(await steps.command({ name: "build", command: ["bun", "infra/local/build.ts"] }))) {
    return blockAll(steps, { by: "build", units: "none", stacks });
  }
  for (const stack of stacks) await runScenarios(stack, { ...run, env: services.env, rest });
  if (units === "all") {
    await runAttacks(steps, services.env);
    await runFaults(steps, services.env);
  }
}

/** Puts the pinned tools in place, and before all others: every later step runs with exactly them. */
async function install(steps: Steps): Promise<boolean> {
  const command = [process.execPath, "install", "--frozen-lockfile"];
  const ok = await steps.command({ name: "install", command });
  process.env["PATH"] = `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}`;
  return ok;
}

function neededServices(units: Plan["units"], stacks: Stack[]): ServiceName[] {
  const all = units === "all";
  const names: ServiceName[] = all || stacks.includes("full") ? ["postgres", "redis", "kafka"] : [];
  if (all) names.push("kubectl", "pgTools", "haproxy");
  if (stacks.length > 0) names.push("chromium", "firefox");
  // Whoever names a browser means it for all scenarios.
  if (stacks.includes("full") && !process.env["CHROMIUM"]) names.push("headlessShell");
  return names;
}

async function runChecks(steps: Steps): Promise<void> {
  await steps.command({ name: "format", command: ["bun", "fmt", ".", "--check"] });
  await steps.command({ name: "lint", command: ["oxlint"] });
  for (const project of ["server", "e2e", "infra"]) {
    await steps.command({ name: `types ${project}`, command: ["bun", "check", "-p", project] });
  }
  for (const project of ["pwa", "pwa/sw"]) {
    const command = ["bun", "--bun", "vue-tsc", "--noEmit", "-p", join(project, "tsconfig.json")];
    await steps.command({ name: `types ${project}`, command });
  }
  await steps.command({ name: "unused code", command: ["bun", "--bun", "knip"] });
}

/** Two files at a time: most tests wait for services. The time is for a busy machine; a test that needs it hangs. */
async function runUnits(
  steps: Steps,
  { units, env }: { units: Plan["units"]; env: Record<string, string> },
): Promise<void> {
  const files = units === "quick" ? (await quickTests(ROOT)).map((path) => `./${path}`) : [];
  const command = [
    "bun",
    "test",
    "--isolate",
    "--parallel=2",
    `--timeout=${TEST_WITHIN_MS}`,
    "--only-failures",
    ...files,
  ];
  const name = units === "quick" ? "tests without services" : "unit and contract tests";
  await steps.command({ name, command, env, count: countBunTest });
}

/** What strangers and people with bad intentions could do, one file after another: some of it measures times. */
async function runAttacks(steps: Steps, env: Record<string, string>): Promise<void> {
  const files = [...new Bun.Glob("e2e/attacks/*.attack.ts").scanSync({ cwd: ROOT })].map(
    (path) => `./${path}`,
  );
  const command = ["bun", "test", "--isolate", `--timeout=${ATTACK_WITHIN_MS}`, "--only-failures", ...files];
  await steps.command({ name: "attacks", command, env, count: countBunTest });
}

/** The fault rig: a short round that must hold, and planted bugs that it must catch. It starts services of its own, to break. */
async function runFaults(steps: Steps, env: Record<string, string>): Promise<void> {
  for (const part of ["round", "plants"]) {
    const command = ["bun", "--no-orphans", "e2e/faults/prove.ts", part];
    await steps.command({ name: `faults, ${part}`, command, env, count: countBunTest });
  }
}

interface ScenarioRun {
  cleanup: Cleanup;
  steps: Steps;
  env: Record<string, string>;
  rest: string[];
}

async function runScenarios(stack: Stack, { cleanup, steps, env, rest }: ScenarioRun): Promise<void> {
  const report = join(cleanup.folder, `${stack}.json`);
  await steps.command({
    name: `scenarios, ${stack}`,
    // What measures says; the scenarios only have to pass.
    shown: rest.includes("measures"),
    command: ["bun", "--bun", "playwright", "test", "-c", "e2e/playwright.config.ts", ...rest],
    env: { ...env, STACK: stack, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    count: async () =>
      (await Bun.file(report).exists()) ? countPlaywright(await Bun.file(report).text()) : NONE,
  });
}

interface Blocked extends Pick<Plan, "units" | "stacks"> {
  by: string;
}

function blockAll(steps: Steps, { by, units, stacks }: Blocked): void {
  if (units !== "none") steps.blocked("unit and contract tests", by);
  for (const stack of stacks) steps.blocked(`scenarios, ${stack}`, by);
}
