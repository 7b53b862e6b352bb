/** What hostile text could do to a page: run, put elements in, push others out of their place. */
import type { BrowserContext, Page } from "@playwright/test";

/** Rounding of boxes, CSS pixels. */
const SLACK_PX = 1;

/** Watches every page of the browser from now on; returns what tells of the harm that was done. */
export async function watchForHarm(context: BrowserContext): Promise<() => Promise<string[]>> {
  const harm: string[] = [];
  await context.addInitScript(() => {
    const page = window as unknown as { violations: string[] };
    page.violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      page.violations.push(`the policy had to forbid ${violatedDirective} ${blockedURI}`),
    );
  });
  context.on("dialog", (dialog) => {
    harm.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("weberror", (error) => harm.push(`an error was thrown: ${error.error().message}`));
  return async () => {
    for (const page of context.pages()) {
      harm.push(
        ...(await page.evaluate(() => {
          const { hurt, violations } = window as unknown as { hurt?: number; violations: string[] };
          const polluted = "hurt" in {};
          return [
            ...(hurt === undefined ? [] : ["something was run"]),
            ...(polluted ? ["a prototype was changed"] : []),
            ...violations,
          ];
        })),
      );
    }
    return harm;
  };
}

/** Elements that no page of ours has, anywhere; and elements inside of what people wrote, other than links to web pages. */
export async function oddElements(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const foreign = "base, embed, iframe, marquee, math, object, meta[http-equiv], script:not([src])";
    const written = ".text *, bdi *, .words *, nav .line mark *, nav .line span *";
    const isLink = new Set(document.querySelectorAll("a[href^='http:'], a[href^='https:']"));
    return [
      ...document.querySelectorAll(foreign),
      ...[...document.querySelectorAll("*")].filter((element) =>
        [...element.attributes].some(({ name }) => name.startsWith("on")),
      ),
      ...[...document.querySelectorAll(written)].filter((element) => !isLink.has(element)),
    ].map((element) => element.outerHTML.slice(0, 100));
  });
}

/** What stands where it should not: out of the screen, out of its list, over its neighbour, or out of its own bubble. */
export async function misplaced(page: Page): Promise<string[]> {
  return page.evaluate((slack) => {
    const odd = new Set<string>();
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) odd.add(`the page is ${root.scrollWidth} wide`);
    if (root.scrollHeight > root.clientHeight) odd.add(`the page is ${root.scrollHeight} high`);
    const seen = [...document.querySelectorAll<HTMLElement>("*")].filter((element) =>
      element.checkVisibility({ visibilityProperty: true }),
    );
    for (const element of seen.filter((one) => one.matches("header, textarea, main, nav"))) {
      const box = element.getBoundingClientRect();
      const inside =
        box.left >= -slack && box.right <= innerWidth + slack && box.bottom <= innerHeight + slack;
      if (box.width > 0 && !inside) odd.add(`${element.localName} is out of the screen`);
    }
    const list = document.querySelector("[role=log]")?.getBoundingClientRect();
    const rows = [...document.querySelectorAll("[role=log] article")].map((article) => ({
      box: article.getBoundingClientRect(),
      bubble: article.querySelector<HTMLElement>(".bubble"),
    }));
    rows.sort((one, other) => one.box.top - other.box.top);
    for (const [index, { box, bubble }] of rows.entries()) {
      const above = rows[index - 1]?.box;
      if (above !== undefined && box.top < above.bottom - slack) odd.add("a message lies over another");
      if (list !== undefined && (box.left < list.left - slack || box.right > list.right + slack)) {
        odd.add("a message is wider than the list");
      }
      if (bubble === null) continue;
      const own = bubble.getBoundingClientRect();
      if (own.left < box.left - slack || own.right > box.right + slack)
        odd.add("a bubble is wider than its row");
      for (const text of bubble.querySelectorAll<HTMLElement>(".text")) {
        const inner = text.getBoundingClientRect();
        if (inner.left < own.left - slack || inner.right > own.right + slack)
          odd.add("a text is wider than its bubble");
        // Letters may paint beyond their boxes, as far as they like: only clipping keeps them from what is not theirs.
        if (getComputedStyle(text).overflowY !== "clip") odd.add("a text may paint over others");
      }
    }
    for (const row of seen.filter((one) => one.matches("nav li"))) {
      const parent = row.parentElement?.getBoundingClientRect();
      if (parent !== undefined && row.getBoundingClientRect().right > parent.right + slack)
        odd.add("a conversation is wider than its list");
    }
    return [...odd];
  }, SLACK_PX);
}
