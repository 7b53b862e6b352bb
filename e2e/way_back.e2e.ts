import { expect, test as base } from "./people.ts";

/** Browsers in which a page that is left stays as it is, for the way back: elsewhere the tool turns that off. */
const test = base.extend<object, object>({
  launchOptions: [
    async ({ launchOptions }, use) => {
      await use({ ...launchOptions, ignoreDefaultArgs: ["--disable-back-forward-cache"] });
    },
    { scope: "worker" },
  ],
});

test(
  "the way back leads to the page as it was left, with its draft, and to what was said meanwhile",
  { tag: "@whole" },
  async ({ people }) => {
    const [alice, bob] = await people.pair();
    await alice.signsIn();
    await bob.signsIn();
    await alice.opensChatWith(bob);
    await bob.says("before", { to: alice });
    await alice.sees("before");
    await alice.types("half a tho", { to: bob });
    await alice.page.evaluate(() => {
      const page = window as Window & { cameBack?: boolean };
      window.addEventListener("pageshow", ({ persisted }) => (page.cameBack = persisted));
    });
    await alice.page.goto("/health/live");
    await bob.says("meanwhile", { to: alice });
    await bob.seesTick("sent", "meanwhile");
    await alice.page.goBack({ waitUntil: "commit" });
    // If the browser threw the page away, it says why.
    expect(await alice.page.evaluate(howItCameBack)).toEqual({ cameBack: true, reasons: null });
    await alice.sees("meanwhile");
    await bob.seesTick("read", "meanwhile");
    await expect(alice.tab.field).toHaveValue("half a tho");
    await alice.says("half a thought", { to: bob });
    await bob.sees("half a thought");
  },
);

function howItCameBack() {
  const [visit] = performance.getEntriesByType("navigation") as (PerformanceEntry & {
    notRestoredReasons: unknown;
  })[];
  return {
    cameBack: (window as Window & { cameBack?: boolean }).cameBack,
    reasons: visit?.notRestoredReasons,
  };
}
