import { expect, test } from "bun:test";
import { createSqliteStore } from "../store/sqlite.ts";
import { createKeys } from "./keys.ts";
import { withinBudget } from "./mail_budget.ts";

const HOUR_MS = 60 * 60 * 1_000;
const limits = { mailsPerAddressHour: 2, mailsPerHour: 5 };

function openBudget() {
  let now = Date.UTC(2026, 5, 15, 12);
  const sent: string[] = [];
  const store = createSqliteStore(":memory:", { clock: () => now });
  const keys = createKeys([{ id: "k1", bytes: new Uint8Array(32).fill(1) }]);
  const send = withinBudget(async ({ to }: { to: string }) => void sent.push(to), { store, keys, limits });
  return { sent, send: (to: string) => send({ to }), pass: (ms: number) => (now += ms) };
}

test("one address gets so many mails an hour, however it is written", async () => {
  const { sent, send, pass } = openBudget();
  await send("ann@example.org");
  await send("Ann@example.org");
  await expect(send("ann@example.org")).rejects.toMatchObject({ code: "rate_limited" });
  await send("ben@example.org");
  pass(HOUR_MS);
  await send("ann@example.org");
  expect(sent).toHaveLength(4);
});

test("so many leave in all, also when they are sent at once", async () => {
  const { sent, send } = openBudget();
  const addresses = Array.from({ length: 12 }, (_, at) => `person-${at}@example.org`);
  const outcomes = await Promise.allSettled(addresses.map(send));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(limits.mailsPerHour);
  expect(sent).toHaveLength(limits.mailsPerHour);
});

test("an address that is refused takes nothing from the others", async () => {
  const { sent, send } = openBudget();
  for (let at = 0; at < 20; at++) await Promise.allSettled([send("ann@example.org")]);
  for (const to of ["ben@example.org", "eve@example.org", "sam@example.org"]) await send(to);
  expect(sent).toHaveLength(5);
});

test("what the mail server says of a mail comes through", async () => {
  const store = createSqliteStore(":memory:", { clock: Date.now });
  const keys = createKeys([{ id: "k1", bytes: new Uint8Array(32).fill(1) }]);
  const send = withinBudget(() => Promise.reject(new Error("550")), { store, keys, limits });
  await expect(send({ to: "ann@example.org" })).rejects.toThrow("550");
});
