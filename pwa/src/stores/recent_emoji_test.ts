import { afterEach, beforeEach, expect, test } from "bun:test";
import { RECENT_EMOJI_MAX } from "../db/recent_emoji.ts";
import { EMOJI } from "../emoji/groups.ts";
import { setAppScene } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import { useRecentEmoji } from "./recent_emoji.ts";
import { useSession } from "./session.ts";

let { live, close } = {} as Scene;

beforeEach(() => {
  ({ live, close } = setAppScene());
});

afterEach(() => close());

test("what was chosen last comes first, once, also after the app was opened again", async () => {
  const tab = await live();
  const recent = useRecentEmoji();
  for (const emoji of ["🙏", "🎉", "🙏", "🚲"]) recent.note(emoji);
  expect(await recent.read()).toEqual(["🚲", "🙏", "🎉"]);
  await tab.close();
  await live({ database: tab.database });
  expect(await useRecentEmoji().read()).toEqual(["🚲", "🙏", "🎉"]);
});

test("no more are kept than the picker shows", async () => {
  await live();
  const recent = useRecentEmoji();
  const many = EMOJI.slice(0, RECENT_EMOJI_MAX + 3);
  for (const emoji of many) recent.note(emoji);
  expect(await recent.read()).toEqual(many.toReversed().slice(0, RECENT_EMOJI_MAX));
});

test("they go with the sign-out", async () => {
  const tab = await live();
  useRecentEmoji().note("🎂");
  expect(await useRecentEmoji().read()).toEqual(["🎂"]);
  await useSession().signOut();
  await useSession().signIn({ phone: "+12025550101", code: "123456" });
  await tab.live();
  expect(await useRecentEmoji().read()).toEqual([]);
});
