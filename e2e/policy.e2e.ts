import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type Response } from "@playwright/test";
import { openTrap, trapped } from "./leaks/trap.ts";
import { expect, test } from "./people.ts";

const ELSEWHERE = "evil.example";

/** What every answer says, whatever it is. */
const SAID = {
  "content-security-policy": expect.stringContaining(
    "default-src 'none'; script-src 'self'; style-src 'self';",
  ),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": expect.stringContaining("camera=()"),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

test("what would get into the page could run nothing, send nothing and look like nothing, and no site can frame it", async ({
  people,
}) => {
  const alice = await people.join("Alice");
  const answers: Response[] = [];
  alice.context.on("response", (response) => answers.push(response));
  await alice.signsIn();
  await alice.isReadyForOffline();
  const given = answers.filter((answer) => answer.url().startsWith(alice.origin));
  expect(given.length).toBeGreaterThan(5);
  for (const answer of given) {
    const headers = await answer.allHeaders();
    expect(headers, answer.url()).toMatchObject(SAID);
    expect("strict-transport-security" in headers).toBe(alice.origin.startsWith("https:"));
  }

  expect(await alice.page.evaluate(breakIn, ELSEWHERE)).toEqual({
    markup: "TypeError",
    parsed: "TypeError",
    evaluated: "EvalError",
    inline: "TypeError",
    foreign: "TypeError",
    handler: "TypeError",
    policy: "TypeError",
    fetched: "TypeError",
    // These say nothing by themselves: that they were forbidden is told as a violation.
    socket: "done",
    styled: "static",
    image: "done",
    frame: "done",
  });
  const told = () => alice.page.evaluate(() => (window as unknown as Broken).violated.toSorted());
  const wanted = ["connect-src", "frame-src", "img-src", "require-trusted-types-for", "style-src-attr"];
  await expect.poll(told).toEqual(expect.arrayContaining(wanted));
  expect(await alice.page.evaluate(() => (window as unknown as Broken).ran)).toBe(undefined);

  const site = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<iframe src="${alice.origin}"></iframe>`);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const refused = alice.page.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
  await alice.page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  expect((await refused).text()).toContain("frame-ancestors 'none'");
  site.close();
});

test("a page that asks another host is caught, whoever in it asks", async () => {
  const trap = await openTrap();
  const browser = await chromium.launch({
    ...(process.env["CHROMIUM"] ? { executablePath: process.env["CHROMIUM"] } : {}),
    args: ["--no-sandbox", ...trapped(trap.url)],
  });
  const page = await browser.newPage();
  await page.goto("http://page.example/").catch(() => {});
  await page.setContent(
    `<link rel="preconnect" href="https://preconnected.example"><img src="https://image.example/x.png">`,
  );
  await page.evaluate(() => fetch("https://fetched.example/").catch(() => {}));
  await expect
    .poll(() => trap.caught().map((host) => host.split(":")[0]))
    .toEqual(expect.arrayContaining(["fetched.example", "image.example", "page.example"]));
  await browser.close();
  await trap.close();
});

interface Broken {
  /** Directives that were violated. */
  violated: string[];
  /** Set by whatever was run. */
  ran?: string;
}

/** In the page: tries everything that markup or a script could, and tells what came of each. */
async function breakIn(elsewhere: string): Promise<Record<string, string>> {
  const page = window as unknown as Window &
    Broken & {
      trustedTypes: { createPolicy(name: string, rules: object): unknown };
    };
  page.violated = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
    page.violated.push(effectiveDirective);
  });
  function put(name: string, attribute: string, value: string): HTMLElement {
    const element = page.document.createElement(name);
    element.setAttribute(attribute, value);
    page.document.body.append(element);
    return element;
  }
  const attempts: Record<string, () => unknown> = {
    markup: () => (document.createElement("div").innerHTML = "<b>bold</b>"),
    parsed: () => document.body.insertAdjacentHTML("beforeend", "<b>bold</b>"),
    // In a turn of its own: what a debugger runs is let do this.
    evaluated: async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return new Function("window.ran = 'evaluated'")();
    },
    inline: () => (document.createElement("script").textContent = "window.ran = 'inline'"),
    foreign: () => (document.createElement("script").src = `https://script.${elsewhere}/x.js`),
    handler: () => put("button", "onclick", "window.ran = 'handler'").click(),
    policy: () => page.trustedTypes.createPolicy("vue", {}),
    fetched: () => fetch(`https://fetch.${elsewhere}`),
    socket: () => new WebSocket(`wss://socket.${elsewhere}`),
    styled: () => getComputedStyle(put("p", "style", "position: fixed")).position,
    image: () => put("img", "src", `https://image.${elsewhere}/x.png`),
    // Chromium connects ahead to where a frame would lead, before it looks at the policy: so this is no other host.
    frame: () => put("iframe", "src", "https://127.0.0.1:9/"),
  };
  const outcomes: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      const outcome = await attempt();
      outcomes[name] = typeof outcome === "string" ? outcome : "done";
    } catch (error) {
      outcomes[name] = (error as Error).name;
    }
  }
  return outcomes;
}
