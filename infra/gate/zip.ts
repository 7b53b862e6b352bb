/** One file out of a ZIP archive, for machines without `unzip`. Plain archives only: below 4 GiB, deflated or stored. */
import { inflateRawSync } from "node:zlib";

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
/** The end record without a comment, an entry of the directory and a file's own header, without their names. */
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/** The contents of the file `name`. Throws when the archive has none, or none that can be read. */
export function readZipEntry(archive: Uint8Array, name: string): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(view);
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== ENTRY_SIGNATURE) throw new Error("the archive's directory is damaged");
    const nameBytes = view.getUint16(at + 28, true);
    const entryName = new TextDecoder().decode(
      archive.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes),
    );
    if (entryName === name) return contents(archive, { view, at });
    at += ENTRY_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  throw new Error(`the archive has no ${name}`);
}

function findEnd(view: DataView): number {
  for (let at = view.byteLength - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  throw new Error("this is no ZIP archive");
}

/** `at`: of the entry in the directory. The file's own header may have another length of extras, so it is read again. */
function contents(archive: Uint8Array, { view, at }: { view: DataView; at: number }): Uint8Array {
  const method = view.getUint16(at + 10, true);
  const packedBytes = view.getUint32(at + 20, true);
  const header = view.getUint32(at + 42, true);
  const start = header + HEADER_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  const packed = archive.subarray(start, start + packedBytes);
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed);
  throw new Error(`the archive is packed by a method that is not known here: ${method}`);
}
