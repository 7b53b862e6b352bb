import { expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";
import { readZipEntry } from "./zip.ts";

const TEXT = "the same line, again\n".repeat(50);

test("a packed file comes out as it went in, and a stored one too", () => {
  const archive = zip([
    { name: "first", contents: "short", packed: false },
    { name: "folder/second", contents: TEXT, packed: true },
  ]);
  expect(new TextDecoder().decode(readZipEntry(archive, "first"))).toBe("short");
  expect(new TextDecoder().decode(readZipEntry(archive, "folder/second"))).toBe(TEXT);
});

test("a file that is not there, and an archive that is none, are named as such", () => {
  expect(() => readZipEntry(zip([]), "absent")).toThrow("the archive has no absent");
  expect(() => readZipEntry(new Uint8Array(100), "any")).toThrow("no ZIP archive");
});

interface File {
  name: string;
  contents: string;
  packed: boolean;
}

/** As the format says, with nothing in the fields that are not read. */
function zip(files: File[]): Uint8Array {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, contents, packed } of files) {
    const body = packed ? deflateRawSync(contents) : Buffer.from(contents);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(packed ? 8 : 0, 10);
    entry.writeUInt32LE(body.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    bodies.push(header, Buffer.from(name), body);
    directory.push(entry, Buffer.from(name));
    offset += header.length + name.length + body.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}
