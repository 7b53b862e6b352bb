import { expect, test } from "bun:test";
import { receiveShared } from "./share.ts";

async function shared(fields: Record<string, string>): Promise<string> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const answer = await receiveShared(new Request("https://parley.example/share", { method: "POST", body }));
  expect(answer.status).toBe(303);
  const location = answer.headers.get("location") ?? "";
  expect(location).toStartWith("/share#");
  return decodeURIComponent(location.slice("/share#".length));
}

test("title, text and address are handed on line by line, in the fragment", async () => {
  expect(await shared({ title: "Bikes", text: "Look & see #1", url: "https://example.org/?a=1" })).toBe(
    "Bikes\nLook & see #1\nhttps://example.org/?a=1",
  );
});

test("what is missing, empty or said before is left out", async () => {
  expect(await shared({ title: "", text: "See https://example.org/a", url: "https://example.org/a" })).toBe(
    "See https://example.org/a",
  );
  expect(await shared({})).toBe("");
});

test("lines end as everywhere in the app", async () => {
  expect(await shared({ text: "one\r\ntwo\nthree" })).toBe("one\ntwo\nthree");
});
