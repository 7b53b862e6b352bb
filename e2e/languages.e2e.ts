import { expect, test } from "./people.ts";

test("the app speaks the browser's language, Arabic from right to left, and what a person chooses", async ({
  people,
}) => {
  const alice = await people.join("Alice", { locale: "ar" });
  const bob = await people.join("Bob");
  await people.befriend(alice, bob);
  const { page } = await alice.opens();
  const root = page.locator("html");
  await expect(page.getByRole("heading", { name: "تسجيل الدخول" })).toBeVisible();
  await expect(root).toHaveAttribute("dir", "rtl");
  await expect(root).toHaveAttribute("lang", "ar");
  await page.getByRole("textbox", { name: "رقم الهاتف" }).fill("0");
  await page.getByRole("button", { name: "إرسال الرمز" }).click();
  await expect(page.getByRole("alert")).toContainText("لا يبدو هذا رقم هاتف");

  await page.getByRole("combobox", { name: "اللغة" }).selectOption("hi");
  await expect(page.getByRole("heading", { name: "साइन इन करें" })).toBeVisible();
  await expect(root).toHaveAttribute("dir", "ltr");
  await alice.reloads();
  await expect(page.getByRole("heading", { name: "साइन इन करें" })).toBeVisible();
  await page.getByRole("combobox", { name: "भाषा" }).selectOption("en");
  await alice.signsIn();
  await alice.says("hello", { to: bob });
  await alice.seesTick("sent", "hello");

  await page.goto("/settings/language");
  await page.getByRole("radio", { name: "العربية" }).check();
  await expect(page.getByRole("heading", { name: "اللغة" })).toBeVisible();
  const second = await alice.opensSecondTab();
  await expect(second.page.getByRole("navigation", { name: "المحادثات" })).toBeVisible();
  await page.getByRole("radio", { name: "हिन्दी" }).check();
  // Tabs of one device speak one language.
  await expect(second.page.getByRole("navigation", { name: "बातचीत" })).toBeVisible();
  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.reloads();
  await expect(page.getByRole("navigation", { name: "बातचीत" })).toBeVisible();
});

test("each message runs in its own direction, whatever the app's", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.says("مرحبا 12-speed", { to: bob });
  await alice.says("hello مرحبا", { to: bob });
  const direction = async (text: string) =>
    await alice.tab
      .message(text)
      .locator("p")
      .evaluate((element) => getComputedStyle(element).direction);
  expect(await direction("مرحبا 12-speed")).toBe("rtl");
  expect(await direction("hello مرحبا")).toBe("ltr");
  const field = alice.page.getByRole("textbox", { name: "Message" });
  await field.fill("مرحبا");
  expect(await field.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
});
