/**
 * Serves the built app. A page that is opened anywhere in the app gets `index.html`, because the app knows its own
 * addresses; a missing file gets 404 and never `index.html`: a browser that asked for a script of the last build and got
 * a page instead would show a white screen. Hashed files are cached for ever, all else is asked for anew each time.
 */
import { Elysia } from "elysia";
import { Refusal } from "../problem.ts";
import { HASHED, readAssets } from "./asset_table.ts";
import type { Asset, AssetTable } from "./asset_table.ts";
import { chooseEncoding } from "./encoding.ts";
import type { FindFile } from "./shelf.ts";

const SHELL = "/index.html";
/** Paths that belong to the server, and the folder of hashed files: never a page of the app. */
const NEVER_A_PAGE = /^\/(?:api|assets|dev|health|metrics|openapi|ws)(?:[/.]|$)/;
const FILE_NAME = /\.[a-z0-9]+$/i;

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="color-scheme" content="light dark" />
  <title>Parley is not built yet</title>
  <h1>The app is not built yet</h1>
  <p>The server runs, but the files of the app are missing. Run <code>bun run build</code>, then reload this page.</p>
</html>
`;

/**
 * `distDir` is where the build of the PWA lies. It is read once, or, while there is none, at each page opened. `findFile` knows
 * the hashed files of other builds.
 */
export function assetRoutes({ distDir, findFile }: { distDir: string; findFile: FindFile }) {
  let table = readAssets(distDir);
  const current = () => (table = table.has(SHELL) ? table : readAssets(distDir));
  const handle = ({ request }: { request: Request }) => answer(request, { table: current(), findFile });
  return new Elysia({ name: "assets" })
    .get("/*", handle, { detail: { hide: true } })
    .head("/*", handle, { detail: { hide: true } });
}

async function answer(
  request: Request,
  { table, findFile }: { table: AssetTable; findFile: FindFile },
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const own = table.get(pathname) ?? (isPage(request, pathname) ? table.get(SHELL) : undefined);
  const asset = own ?? (pathname.startsWith(HASHED) ? await findFile(pathname) : null);
  if (asset !== null) return serve(request, asset);
  if (isPage(request, pathname)) {
    return new Response(NOT_BUILT, { status: 503, headers: { "content-type": "text/html;charset=utf-8" } });
  }
  throw new Refusal("not_found");
}

function serve(request: Request, asset: Asset): Response {
  const encoding = chooseEncoding(request.headers.get("accept-encoding"), (one) => asset.variants.has(one));
  const variant = asset.variants.get(encoding);
  if (variant === undefined) throw new Refusal("internal", { detail: "an asset without its plain variant" });
  const headers = new Headers({
    "cache-control": asset.cacheControl,
    etag: variant.etag,
    vary: "accept-encoding",
  });
  if (isKnown(request.headers.get("if-none-match"), variant.etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", asset.contentType);
  if (encoding !== "identity") headers.set("content-encoding", encoding);
  return new Response(variant.bytes, { headers });
}

/** Somebody opens an address of the app: not a file, not the server's. */
function isPage(request: Request, pathname: string): boolean {
  if (pathname === "/") return true;
  if (NEVER_A_PAGE.test(pathname) || FILE_NAME.test(pathname)) return false;
  const mode = request.headers.get("sec-fetch-mode");
  if (mode !== null) return mode === "navigate";
  return request.headers.get("accept")?.includes("text/html") ?? false;
}

/** Weak comparison, as the standard asks for: a proxy that repacks a body marks its ETag as weak. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(",").some((known) => {
    const trimmed = known.trim();
    return trimmed === "*" || trimmed.replace(/^W\//, "") === etag;
  });
}
