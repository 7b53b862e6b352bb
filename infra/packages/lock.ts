/** `bun.lock` as a graph: every package that an installation on any platform may bring, and what each leads to. */

export interface LockedPackage {
  /** Place in the tree, like `vite/rolldown`: what lies under another package is for it alone. */
  place: string;
  name: string;
  version: string;
  /** Host that it comes from; empty for the registry that everybody uses. */
  from: string;
  /** `sha512-…`, as the registry said and an installation checks. */
  integrity: string;
  /** Places of the packages that come with it. */
  needs: string[];
  /** Places of the packages that it expects whoever uses it to have. */
  peers: string[];
}

export interface Lock {
  packages: Map<string, LockedPackage>;
  /** Place of the package that `name` is for whoever lies at `place`; null when it is optional and was left out. */
  placeOf(name: string, place: string): string | null;
}

type Names = Record<string, string>;

interface Details {
  dependencies?: Names;
  optionalDependencies?: Names;
  peerDependencies?: Names;
  optionalPeers?: string[];
}

/** Reads a lock file of version 2. Throws on a package that comes from anywhere but a registry. */
export function readLock(text: string): Lock {
  const lock = Bun.JSONC.parse(text) as { packages: Record<string, unknown[]> };
  const entries = Object.entries(lock.packages);
  const places = new Set(entries.map(([place]) => place));
  const placeOf = (name: string, place: string) => findPlace(places, { name, place });

  const packages = entries.map(([place, entry]): [string, LockedPackage] => {
    const [id, from, details, integrity] = entry;
    if (typeof id !== "string" || typeof from !== "string" || typeof integrity !== "string") {
      throw new Error(`bun.lock: ${place} does not come from a registry`);
    }
    const at = id.lastIndexOf("@");
    const [name, version] = [id.slice(0, at), id.slice(at + 1)];
    const placesOf = (names: string[]) => {
      const found = names.flatMap((needed) => placeOf(needed, place) ?? []);
      return [...new Set(found)].toSorted();
    };
    const { needs, peers } = namesIn(details as Details);
    return [place, { place, name, version, from, integrity, needs: placesOf(needs), peers: placesOf(peers) }];
  });
  return { packages: new Map(packages), placeOf };
}

/** Every place that `roots` bring along, themselves included. Peers are brought by whoever wants them. */
export function reach({ packages }: Lock, roots: Iterable<string>): Set<string> {
  const reached = new Set<string>();
  const open = [...roots];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (reached.has(place)) continue;
    reached.add(place);
    open.push(...(packages.get(place)?.needs ?? []));
  }
  return reached;
}

function namesIn(details: Details): { needs: string[]; peers: string[] } {
  const { dependencies, optionalDependencies, peerDependencies, optionalPeers = [] } = details;
  return {
    needs: Object.keys({ ...dependencies, ...optionalDependencies }),
    peers: Object.keys(peerDependencies ?? {}).filter((name) => !optionalPeers.includes(name)),
  };
}

/** As Node looks for packages: under the one that asks, then one floor up, and so on. */
function findPlace(places: ReadonlySet<string>, { name, place }: { name: string; place: string }) {
  for (let floor = splitPlace(place); ; floor = floor.slice(0, -1)) {
    const candidate = [...floor, name].join("/");
    if (places.has(candidate)) return candidate;
    if (floor.length === 0) return null;
  }
}

/** Names along a place. A scoped name is one: `@vue/shared`. */
export function splitPlace(place: string): string[] {
  return place.match(/@[^/]+\/[^/]+|[^/]+/g) ?? [];
}
