import { expect, test } from "bun:test";
import { decodeQR } from "qr/decode.js";
import { inviteLink, tokenIn } from "../net/invites.ts";
import { drawQr } from "./qr.ts";
import type { QrDrawing } from "./qr.ts";

/** Pixels of a module: what a camera sees of it. */
const SCALE = 4;

test("a drawn code is read by a scanner as the very link", async () => {
  const token = "q".repeat(43);
  for (const text of [inviteLink("https://chat.example.org", token), "http://localhost:3000/invite#a-b_c"]) {
    expect(decodeQR(photoOf(await drawQr(text)))).toBe(text);
  }
  expect(tokenIn(new URL(inviteLink("https://chat.example.org", token)).hash)).toBe(token);
});

test("the code has the light border that scanners want", async () => {
  const { side, path } = await drawQr("x");
  const [left, top] = [...path.matchAll(/M(\d+) (\d+)/g)].reduce(
    ([x, y], [, atX, atY]) => [Math.min(x, Number(atX)), Math.min(y, Number(atY))],
    [side, side],
  );
  expect([left, top]).toEqual([4, 4]);
});

/** The path as the pixels that a browser would paint. */
function photoOf({ side, path }: QrDrawing) {
  const size = side * SCALE;
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row++) {
      for (let column = Number(x) * SCALE; column < (Number(x) + Number(width)) * SCALE; column++) {
        data.set([0, 0, 0, 255], (row * size + column) * 4);
      }
    }
  }
  return { width: size, height: size, data };
}
