import { describe, expect, test } from "bun:test";
import { array, assert, constant, oneof, property, string, webUrl } from "fast-check";
import { linkify } from "./linkify.ts";

const LINKS: [written: string, links: string[]][] = [
  ["no link at all", []],
  ["https://example.org", ["https://example.org"]],
  ["see https://example.org/a?b=c#d now", ["https://example.org/a?b=c#d"]],
  ["HTTP://EXAMPLE.ORG/Path", ["HTTP://EXAMPLE.ORG/Path"]],
  ["two: http://a.org, https://b.org.", ["http://a.org", "https://b.org"]],
  ["Read https://example.org/page.", ["https://example.org/page"]],
  ["Really https://example.org/?!", ["https://example.org/"]],
  ["wait https://example.org/a…", ["https://example.org/a"]],
  ["(https://example.org)", ["https://example.org"]],
  ["(see https://example.org/a_(b))", ["https://example.org/a_(b)"]],
  ["https://en.wikipedia.org/wiki/Parley_(film)", ["https://en.wikipedia.org/wiki/Parley_(film)"]],
  ["https://en.wikipedia.org/wiki/Parley_(film).", ["https://en.wikipedia.org/wiki/Parley_(film)"]],
  ["[https://example.org/x[1]]", ["https://example.org/x[1]"]],
  ['"https://example.org/q"', ["https://example.org/q"]],
  ["“https://example.org/q”", ["https://example.org/q"]],
  ["<https://example.org/q>", ["https://example.org/q"]],
  ["*https://example.org/q*", ["https://example.org/q"]],
  ["これはhttps://example.jp/道。次", ["https://example.jp/道"]],
  ["これは https://example.jp/道。", ["https://example.jp/道"]],
  ["「https://example.jp/道」です", ["https://example.jp/道"]],
  ["看 https://example.cn/路，好", ["https://example.cn/路"]],
  ["انظر https://example.org/صفحة، شكرا", ["https://example.org/صفحة"]],
  ["https://bücher.example/ü", ["https://bücher.example/ü"]],
  ["https://example.org:8443/a,b;c", ["https://example.org:8443/a,b;c"]],
  ["http://localhost:3000/c", ["http://localhost:3000/c"]],
  ["http://[::1]:3000/", ["http://[::1]:3000/"]],
  ["line\nhttps://example.org\nline", ["https://example.org"]],
  ["xhttps://example.org", []],
  ["https://", []],
  ["https://nodots", []],
  ["javascript:alert(1)", []],
  ["data:text/html,https", []],
  ["ftp://example.org", []],
  ["https://good.example@evil.example/", []],
  ["https://user:pass@example.org/", []],
];

describe("linkify", () => {
  test.each(LINKS)("finds in %j the links %j", (written, links) => {
    expect(
      linkify(written)
        .filter((part) => part.kind === "link")
        .map((part) => part.text),
    ).toEqual(links);
  });

  test("links only to http and https, whatever is written", () => {
    assert(
      property(array(oneof(string({ unit: "grapheme" }), webUrl(), constant("https://"))), (bits) => {
        const written = bits.join("");
        const parts = linkify(written);
        expect(parts.map((part) => part.text).join("")).toBe(written);
        for (const part of parts) {
          if (part.kind === "link") expect(part.href).toMatch(/^https?:\/\//);
        }
      }),
    );
  });
});
