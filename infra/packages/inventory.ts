/**
 * What Parley is made of: the locked packages, with the licence that each declares and where it ends up. A licence is read from
 * the installed package; one for another platform is not installed here, and is taken to have that of its sibling.
 */
import { join } from "node:path";
import { parse } from "../architecture/source.ts";
import { ROOT } from "../gate/paths.ts";
import { type Lock, type LockedPackage, reach, readLock, splitPlace } from "./lock.ts";

/** server: in the image; app: in what browsers load; tools: on the machines of developers alone. */
export type Whereabouts = "server" | "app" | "tools";

export interface Item extends LockedPackage {
  /** SPDX expression; null when the package declares none. */
  licence: string | null;
  whereabouts: Whereabouts[];
}

export interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}

/** The runtime is a package like any other here, and in the image it is all around the server. */
const RUNTIME = "bun";
const APP_SOURCES = new Bun.Glob("pwa/{src,sw}/**/*.{ts,vue}");
const NOT_IN_APP = /_test\.ts$|\/testing\//;
/** Vuetify's styles are in no script that the scan reads, but a package named in a style sheet is named in a script too. */
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^/]+/;

/** How a package of binaries says what it is for. Without it, the names of siblings are the same. */
const PLATFORM =
  /[-/](?:binding|bun)?-?(?:aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|wasm32|win32|windows)-.*$/;
/** Installed on no machine that runs this; looked up by hand. */
const BY_HAND: Record<string, string> = {
  "@emnapi/core": "MIT",
  "@emnapi/runtime": "MIT",
  "@emnapi/wasi-threads": "MIT",
  "@napi-rs/wasm-runtime": "MIT",
  "@tybys/wasm-util": "MIT",
  fsevents: "MIT",
  tslib: "0BSD",
};

export interface Inventory {
  manifest: Manifest;
  lock: Lock;
  /** By place. */
  items: Item[];
}

async function readManifest(): Promise<Manifest> {
  return (await Bun.file(join(ROOT, "package.json")).json()) as Manifest;
}

export async function takeInventory(): Promise<Inventory> {
  const manifest = await readManifest();
  const lock = readLock(await Bun.file(join(ROOT, "bun.lock")).text());
  const placesOf = (names: Iterable<string>) => [...names].flatMap((name) => lock.placeOf(name, "") ?? []);
  const roots = {
    server: [RUNTIME, ...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)],
    app: await importedByApp(),
  };
  const inServer = reach(lock, placesOf(roots.server));
  const inApp = reach(lock, placesOf(roots.app));
  const declared = await readLicences(lock);
  const items = [...lock.packages.values()].map((locked): Item => {
    const whereabouts: Whereabouts[] = [];
    if (inServer.has(locked.place)) whereabouts.push("server");
    if (inApp.has(locked.place)) whereabouts.push("app");
    if (whereabouts.length === 0) whereabouts.push("tools");
    return { ...locked, licence: licenceOf(locked, declared), whereabouts };
  });
  return { manifest, lock, items: items.toSorted((a, b) => (a.place < b.place ? -1 : 1)) };
}

/** Names of the packages that the app's own code imports something of. */
async function importedByApp(): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const path of APP_SOURCES.scan({ cwd: ROOT })) {
    if (NOT_IN_APP.test(path)) continue;
    const { imports } = parse({ path, text: await Bun.file(join(ROOT, path)).text() });
    for (const { specifier, target, typeOnly } of imports) {
      const name = PACKAGE_NAME.exec(specifier)?.[0];
      if (target === null && !typeOnly && name !== undefined) names.add(name);
    }
  }
  return names;
}

/** Licences of what is installed, by place. */
async function readLicences({ packages }: Lock): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  for (const place of packages.keys()) {
    const file = Bun.file(
      join(ROOT, "node_modules", splitPlace(place).join("/node_modules/"), "package.json"),
    );
    if (!(await file.exists())) continue;
    const { license } = (await file.json()) as { license?: unknown };
    found.set(place, typeof license === "string" ? license.replace(/^\((.*)\)$/, "$1") : null);
  }
  return found;
}

function licenceOf({ place, name }: LockedPackage, declared: Map<string, string | null>): string | null {
  const own = declared.get(place);
  if (own !== undefined) return own;
  const family = familyOf(name);
  const siblings = [...declared].filter(([other]) => family !== null && familyOf(other) === family);
  return siblings[0]?.[1] ?? BY_HAND[name] ?? null;
}

/** `@rolldown/binding-linux-x64-gnu` is of the family `@rolldown`; null for a package that is for every platform. */
function familyOf(name: string): string | null {
  return PLATFORM.test(name) ? name.replace(PLATFORM, "") : null;
}
