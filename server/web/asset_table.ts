/** The built app, read into memory once: a few hundred kilobytes that are then served without touching the disk. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

export type Encoding = "br" | "gzip" | "identity";

export interface Variant {
  bytes: Uint8Array<ArrayBuffer>;
  /** Strong: names these very bytes. */
  etag: string;
}

export interface Asset {
  contentType: string;
  cacheControl: string;
  /** `identity` is always there; the others when the build made them. */
  variants: Map<Encoding, Variant>;
}

/** Assets by URL path, like `/assets/start-1f2e3d.js`. */
export type AssetTable = ReadonlyMap<string, Asset>;

const SUFFIXES: [suffix: string, encoding: Encoding][] = [
  [".br", "br"],
  [".gz", "gzip"],
];
const YEAR_SECONDS = 365 * 24 * 60 * 60;
/** Their names contain a hash of what is in them, so they never change. */
const HASHED = "/assets/";
const ETAG_CHARS = 22;
const MANIFEST_TYPE = "application/manifest+json";

/** Reads every file below `distDir`. Empty when there is no build. */
export function readAssets(distDir: string): AssetTable {
  const table = new Map<string, Asset>();
  // Plain files come before their compressed variants, whose names are longer.
  for (const file of filesBelow(distDir).toSorted()) {
    const path = `/${relative(distDir, file).split(sep).join("/")}`;
    const [suffix, encoding] = SUFFIXES.find(([suffix]) => path.endsWith(suffix)) ?? [
      "",
      "identity" as const,
    ];
    const plain = suffix === "" ? path : path.slice(0, -suffix.length);
    const asset = table.get(plain) ?? (encoding === "identity" ? newAsset(plain) : undefined);
    if (asset === undefined) continue;
    asset.variants.set(encoding, newVariant(file));
    table.set(plain, asset);
  }
  return table;
}

function newAsset(path: string): Asset {
  return {
    contentType: path.endsWith(".webmanifest") ? MANIFEST_TYPE : Bun.file(path).type,
    cacheControl: path.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
    variants: new Map(),
  };
}

function newVariant(file: string): Variant {
  const bytes = new Uint8Array(readFileSync(file));
  const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("base64url");
  return { bytes, etag: `"${hash.slice(0, ETAG_CHARS)}"` };
}

function filesBelow(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
