import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSIBLE = new Bun.Glob("**/*.{html,js,css,svg,json,txt,webmanifest}");

/** Below this size a compressed answer saves no packet. */
const MIN_BYTES = 1_024;
const GZIP_LEVEL = 9;

/** Writes `.br` and `.gz` beside every file of the folder that they make smaller: the server only hands them out. */
export async function precompress(folder: string): Promise<void> {
  for (const path of await Array.fromAsync(COMPRESSIBLE.scan({ cwd: folder }))) {
    const file = join(folder, path);
    const bytes = await Bun.file(file).bytes();
    if (bytes.length < MIN_BYTES) continue;
    await keepSmaller(`${file}.br`, {
      bytes,
      compressed: brotliCompressSync(bytes, brotliOptions(bytes.length)),
    });
    await keepSmaller(`${file}.gz`, { bytes, compressed: gzipSync(bytes, { level: GZIP_LEVEL }) });
  }
}

function brotliOptions(size: number) {
  const { BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  return { params: { [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY, [BROTLI_PARAM_SIZE_HINT]: size } };
}

interface Variant {
  bytes: Uint8Array;
  compressed: Uint8Array;
}

async function keepSmaller(file: string, { bytes, compressed }: Variant): Promise<void> {
  if (compressed.length < bytes.length) await Bun.write(file, compressed);
}
