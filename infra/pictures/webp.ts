/**
 * Pictures as WebP, which loses no pixel and is less than half of a PNG; and several, in fewer colours, as one that moves, which every browser shows.
 * Bun writes single pictures; to put them one after another is a matter of boxes in boxes, of four letters and a length each.
 */

export interface Frame {
  /** A PNG. */
  picture: Uint8Array<ArrayBuffer>;
  /** How long it is shown. */
  ms: number;
}

const ANIMATED = 0b10;
/** Each picture takes the place of the one before: nothing is mixed with what is there. */
const NOT_BLENDED = 0b10;
const MOMENT_COLOURS = 256;
const FOR_EVER = 0;
/** Of the file's own box: "RIFF", a length, "WEBP". */
const HEADER_BYTES = 12;

export function still(picture: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Bun.Image(picture).webp({ lossless: true }).bytes();
}

/** One of those that move, in few colours: nobody looks at it for long, and there are many. */
async function moment(picture: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const plain = await new Bun.Image(picture).png({ palette: true, colors: MOMENT_COLOURS }).bytes();
  return await still(new Uint8Array(plain));
}

/** All of the same size. It starts again when it has ended. */
export async function animate(frames: readonly Frame[]): Promise<Uint8Array> {
  const sizes = await Promise.all(frames.map(({ picture }) => new Bun.Image(picture).metadata()));
  const [first] = sizes;
  if (!first) throw new Error("Animating pictures: there is none.");
  const { width, height } = first;
  if (sizes.some((size) => size.width !== width || size.height !== height)) {
    throw new Error("Animating pictures: they are not of one size.");
  }
  const place = Buffer.concat([three(width - 1), three(height - 1)]);
  const shown = await Promise.all(
    frames.map(async ({ picture, ms }) =>
      box(
        "ANMF",
        three(0),
        three(0),
        place,
        three(ms),
        Buffer.of(NOT_BLENDED),
        bitsOf(await moment(picture)),
      ),
    ),
  );
  const extended = box("VP8X", Buffer.of(ANIMATED, 0, 0, 0), place);
  return box("RIFF", Buffer.from("WEBP"), extended, box("ANIM", Buffer.alloc(4), two(FOR_EVER)), ...shown);
}

/** The boxes of a single picture, without the file's own. */
function bitsOf(file: Uint8Array): Uint8Array {
  return file.subarray(HEADER_BYTES);
}

function box(name: string, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(name), length, content, Buffer.alloc(content.length % 2)]);
}

function two(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function three(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(value, 0, 3);
  return bytes;
}
