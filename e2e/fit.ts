/** Whether a phone's screen fits who uses it: what can be pressed is as large as a thumb, and text of twice its size breaks nothing. */
import { expect, type Page } from "@playwright/test";
import { comesToRest } from "./axe.ts";

/** What a thumb needs, CSS pixels. */
const TOUCH_PX = 44;
/** Text at twice its size, as a person sets it in their browser. */
const TWICE = "200%";

/** `screen` is for the message when something is found. A walk goes on: it tells of all it found. */
export async function expectFits(page: Page, screen: string): Promise<void> {
  await comesToRest(page);
  expect.soft(await page.evaluate(tooSmall, TOUCH_PX), `${screen}, smaller than a thumb`).toEqual([]);
  expect.soft(await page.evaluate(cutOff), `${screen}, cut off`).toEqual([]);
  await page.evaluate((size) => (document.documentElement.style.fontSize = size), TWICE);
  await comesToRest(page);
  expect.soft(await page.evaluate(cutOff), `${screen}, cut off at twice the text size`).toEqual([]);
  await page.evaluate(() => (document.documentElement.style.fontSize = ""));
}

/**
 * Runs in the page: what can be pressed, is shown, and is smaller than `px` in a direction. Links in a text are text; the tools
 * beside a message are for a mouse, and on a touch screen only heard.
 */
function tooSmall(px: number): string[] {
  return [...document.querySelectorAll<HTMLElement>("a, button, input, textarea, [role^='menuitem']")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => !element.closest("p.text, .tools, .only-heard"))
    .filter((element) => {
      // What is small to look at reaches further for a thumb.
      const { position, width, height } = getComputedStyle(element, "::after");
      const box = (element.closest("label") ?? element).getBoundingClientRect();
      const reach =
        position === "absolute" ? [width, height].map(Number.parseFloat) : [box.width, box.height];
      return reach.some((size) => Math.round(size) < px);
    })
    .map(({ outerHTML }) => outerHTML.slice(0, 200));
}

/**
 * Runs in the page: what lies partly beside the screen; boxes that hide a part of themselves without saying so by an ellipsis;
 * words that run out of their box; and what can be pressed but lies under something else.
 */
function cutOff(): string[] {
  const all = [...document.querySelectorAll<HTMLElement>("body *")].filter(
    (element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      !element.closest("svg, .only-heard, .tools"),
  );
  // What is too wide for a phone may scroll by itself: a table.
  const scrollers = all.filter((element) => /auto|scroll/.test(getComputedStyle(element).overflowX));
  const clips = all.filter((element) => getComputedStyle(element).overflowY !== "visible");
  return all.flatMap((element) => {
    const found: string[] = [];
    const { left, right, top, width, height } = element.getBoundingClientRect();
    const scrolls = scrollers.some((scroller) => scroller !== element && scroller.contains(element));
    if (width > 0 && (left < -1 || right > innerWidth + 1) && !scrolls) found.push("beside the screen");

    const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(element);
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    const tooWide = overflowX === "hidden" && scrollWidth > clientWidth + 1;
    const tooHigh = overflowY === "hidden" && scrollHeight > clientHeight + 1;
    const says = textOverflow === "ellipsis" || webkitLineClamp !== "none";
    if ((tooWide || tooHigh) && !says) found.push("hides a part of itself");

    const words = [...element.childNodes].some(
      ({ nodeType, textContent }) => nodeType === 3 && textContent?.trim(),
    );
    if (words && clientWidth > 0 && scrollWidth > clientWidth + 1 && !says) found.push("runs out of its box");

    const pressed = "a, button, input, textarea";
    const [x, y] = [left + width / 2, top + height / 2];
    const hit = document.elementFromPoint(x, y)?.closest(pressed) ?? null;
    const other = hit !== null && !element.contains(hit) && !hit.contains(element);
    // All of a page lies under what opened over it, and what is scrolled away under what stands still.
    const over = hit?.closest(".v-overlay-container") ?? null;
    const away = clips.some((clip) => {
      const edge = clip.getBoundingClientRect();
      return clip.contains(element) && (y < edge.top || y > edge.bottom || x < edge.left || x > edge.right);
    });
    if (element.matches(pressed) && other && over === null && !away) found.push("lies under something else");
    return found.map((what) => `${what}: ${element.outerHTML.slice(0, 200)}`);
  });
}
