/** What axe-core finds on a page. It is run from outside of the page's content security policy, as an extension would. */
import { join, resolve } from "node:path";
import type { AxeResults, RunOptions } from "axe-core";
import { expect, type Page } from "@playwright/test";

const SOURCE = join(resolve(import.meta.dirname, ".."), "node_modules/axe-core/axe.min.js");
/** Every rule. Of what it would load first, none needs the style sheets. */
const ALL: RunOptions = { preload: { assets: ["media"] } };
/** What a theme can break. */
const COLOURS: RunOptions = { runOnly: ["color-contrast"], preload: false };
/** What who asks for more contrast gets: 7 to 1. */
const MORE: RunOptions = {
  runOnly: ["color-contrast-enhanced"],
  preload: false,
  rules: { "color-contrast-enhanced": { enabled: true } },
};

/** Nothing in either theme; `screen` is for the message when something is found. A walk goes on: it tells of all it found. */
export async function expectNoViolations(page: Page, screen: string): Promise<void> {
  // The one that is shown comes first, so that a screen changes it once.
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  for (const colorScheme of isDark ? (["dark", "light"] as const) : (["light", "dark"] as const)) {
    await page.emulateMedia({ colorScheme });
    const found = await violations(page, colorScheme === "dark" ? COLOURS : ALL);
    expect.soft(found, `${screen}, ${colorScheme}`).toEqual([]);
  }
}

/** In either theme, when the system asks for more contrast. */
export async function expectMoreContrast(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, contrast: "more" });
    expect(await violations(page, MORE), `${screen}, ${colorScheme}, more contrast`).toEqual([]);
  }
}

async function violations(page: Page, options: RunOptions): Promise<string[]> {
  await comesToRest(page);
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(await Bun.file(SOURCE).text());
  const { violations } = await page.evaluate(
    (how) => (globalThis as unknown as { axe: { run(how: object): Promise<AxeResults> } }).axe.run(how),
    { ...options, resultTypes: ["violations"] },
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html} ${any.map(({ message }) => message).join("; ")}`),
  );
}

/** What moves in is judged where it comes to rest. */
export async function comesToRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    let moving: Animation[];
    do {
      // What begins to move does so a frame after it came, or after what moved before it.
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      moving = document
        .getAnimations()
        .filter(({ playState }) => playState === "running")
        .filter(({ effect }) => effect?.getTiming().iterations !== Number.POSITIVE_INFINITY);
      // One that is taken away has come to rest as well.
      await Promise.allSettled(moving.map(({ finished }) => finished));
    } while (moving.length > 0);
  });
}
