import { expect, test } from "bun:test";
import { animate, still } from "./webp.ts";

const ICONS = `${import.meta.dir}/../../pwa/public/icons`;
const small = await Bun.file(`${ICONS}/parley-192.png`).bytes();
const large = await Bun.file(`${ICONS}/parley-512.png`).bytes();

interface Box {
  name: string;
  content: Buffer;
}

/** The boxes that lie side by side in `bytes`. */
function boxesIn(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    boxes.push({
      name: bytes.toString("latin1", at, at + 4),
      content: bytes.subarray(at + 8, at + 8 + length),
    });
    at += 8 + length + (length % 2);
  }
  return boxes;
}

test("a picture loses no pixel", async () => {
  const file = await still(small);
  const pixels = async (of: Uint8Array<ArrayBuffer>) => await new Bun.Image(of).png().bytes();
  expect(await pixels(new Uint8Array(file))).toEqual(await pixels(small));
  expect(file.length).toBeLessThan(small.length);
});

test("pictures that move are one file, each with its time, in order, for ever", async () => {
  const mirrored = await new Bun.Image(small).flop().png().bytes();
  const file = Buffer.from(
    await animate([
      { picture: small, ms: 800 },
      { picture: new Uint8Array(mirrored), ms: 1_500 },
    ]),
  );
  const [riff, ...more] = boxesIn(file);
  expect(more).toEqual([]);
  expect(riff?.name).toBe("RIFF");
  expect(riff?.content.toString("latin1", 0, 4)).toBe("WEBP");
  const parts = boxesIn(riff?.content.subarray(4) ?? Buffer.alloc(0));
  expect(parts.map(({ name }) => name)).toEqual(["VP8X", "ANIM", "ANMF", "ANMF"]);
  const [extended, , ...frames] = parts;
  expect(extended?.content.readUIntLE(4, 3)).toBe(191);
  expect(frames.map(({ content }) => content.readUIntLE(12, 3))).toEqual([800, 1_500]);
  const [one, other] = frames.map(({ content }) => content.subarray(16));
  expect(boxesIn(one ?? Buffer.alloc(0)).at(-1)?.name).toBe("VP8L");
  expect(other).not.toEqual(one);
});

test("pictures of two sizes make no animation, nor does none", async () => {
  const both = [small, large].map((picture) => ({ picture, ms: 1 }));
  expect(animate(both)).rejects.toThrow("one size");
  expect(animate([])).rejects.toThrow("there is none");
});
