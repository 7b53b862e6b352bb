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
export const HASHED = "/assets/";
const ETAG_CHARS = 22;
/** Says which build it is. */
const BUILD_NOTE = "/build.json";
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

/** Which build it is, as vite.config.ts wrote it down, and its files. Null when there is no build. */
export function readBuild(distDir: string): { build: string; files: AssetTable } | null {
  const files = readAssets(distDir);
  const note = files.get(BUILD_NOTE)?.variants.get("identity");
  if (note === undefined) return null;
  const { build } = JSON.parse(new TextDecoder().decode(note.bytes)) as { build: string };
  return { build, files };
}

/** An asset from the bytes of its variants; `identity` must be there. */
export function assetFrom(path: string, bytes: Record<Encoding, Uint8Array | null>): Asset {
  const asset = newAsset(path);
  for (const [encoding, variant] of Object.entries(bytes) as [Encoding, Uint8Array | null][]) {
    if (variant !== null) asset.variants.set(encoding, variantOf(new Uint8Array(variant)));
  }
  return asset;
}

function newAsset(path: string): Asset {
  return {
    contentType: path.endsWith(".webmanifest") ? MANIFEST_TYPE : Bun.file(path).type,
    cacheControl: path.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
    variants: new Map(),
  };
}

function newVariant(file: string): Variant {
  return variantOf(new Uint8Array(readFileSync(file)));
}

function variantOf(bytes: Uint8Array<ArrayBuffer>): Variant {
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
