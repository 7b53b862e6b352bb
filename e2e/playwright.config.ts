import { join } from "node:path";
import { defineConfig } from "@playwright/test";
import { trapped, trappedFirefox, trapUrl } from "./leaks/trap.ts";

const { CHROMIUM, HEADLESS_SHELL, PLAYWRIGHT_JSON_OUTPUT_NAME, STACK = "embedded" } = process.env;
/** The certificate is one that no browser knows. Service workers are let in by the flag alone. */
const unknown = STACK === "https";
const trusting = unknown ? ["--ignore-certificate-errors"] : [];
const args = ["--no-sandbox", ...trusting, ...trapped(trapUrl())];

const whole = launching(CHROMIUM);
/** The whole browser goes through everything embedded; against the full stack its engine is enough for what is not tagged `@whole`. */
const engine = STACK === "full" ? launching(HEADLESS_SHELL || CHROMIUM) : whole;

/** Run by hand in a session that named no browser, Playwright looks for its own. */
function launching(executablePath: string | undefined) {
  return executablePath ? { args, executablePath } : { args };
}

const scenarios = { testMatch: "*.e2e.ts", testIgnore: "firefox.e2e.ts" };

// The tool asks for a default export here.
export default defineConfig({
  testDir: ".",
  outputDir: `../.cache/e2e/results-${STACK}`,
  globalSetup: "./setup.ts",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  // For a busy machine; a scenario that needs it hangs.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // The gate names a file to count from.
  reporter: PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : "list",
  use: {
    ignoreHTTPSErrors: unknown,
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    launchOptions: whole,
    // Without its pictures, which take a quarter of the time of a run: the page as it was can be walked through all the same.
    trace: { mode: "retain-on-failure", screenshots: false },
    screenshot: "only-on-failure",
    actionTimeout: 15_000,
  },
  projects: [
    { name: "scenarios", ...scenarios, grepInvert: /@whole/, use: { launchOptions: engine } },
    { name: "whole", ...scenarios, grep: /@whole/ },
    {
      name: "firefox",
      testMatch: "firefox.e2e.ts",
      use: {
        browserName: "firefox",
        channel: "moz-firefox",
        launchOptions: {
          executablePath: join(import.meta.dirname, "firefox/launcher.ts"),
          firefoxUserPrefs: trappedFirefox(trapUrl()),
        },
      },
    },
    { name: "shots", testMatch: "shots.ts" },
    { name: "measures", testMatch: "measures.ts" },
    { name: "pictures", testMatch: "pictures.ts", use: { deviceScaleFactor: 2 } },
  ],
});
