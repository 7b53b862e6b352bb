/**
 * `bun run sbom [FILE]`: the bill of materials as CycloneDX 1.6, to FILE or standard output. Everything that the lock file names
 * is in it, for all platforms, with its hash, its licence and what needs it; `scope` says whether it is shipped or only a tool.
 * The same lock gives the same bill, its moment aside.
 */
import { createHash } from "node:crypto";
import { type Inventory, type Item, takeInventory } from "./inventory.ts";

/** Of Parley itself in the graph. */
const ROOT_REF = "parley";

export function billOf({ manifest, lock, items }: Inventory, { at }: { at: Date }) {
  const roots = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies];
  const rootPlaces = roots
    .flatMap((names) => Object.keys(names))
    .flatMap((name) => lock.placeOf(name, "") ?? []);
  const refs = new Map(items.map((item) => [item.place, refOf(item)]));
  const refsOf = (places: readonly string[]) => {
    const found = places.flatMap((place) => refs.get(place) ?? []);
    return [...new Set(found)].toSorted();
  };
  const byRef = Map.groupBy(items, refOf);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidOf(items)}`,
    version: 1,
    metadata: {
      timestamp: at.toISOString(),
      lifecycles: [{ phase: "build" }],
      component: {
        type: "application",
        "bom-ref": ROOT_REF,
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        licenses: [{ license: { id: manifest.license } }],
      },
    },
    components: [...byRef.values()].map((same) => componentOf(same)),
    dependencies: [
      { ref: ROOT_REF, dependsOn: refsOf(rootPlaces) },
      ...[...byRef].map(([ref, same]) => ({
        ref,
        dependsOn: refsOf(same.flatMap(({ needs, peers }) => [...needs, ...peers])),
      })),
    ],
  };
}

/** One package, however many places of the tree it lies in. */
function componentOf(same: readonly Item[]) {
  const [item] = same;
  if (item === undefined) throw new Error("a component is made of one item at least");
  const { name, version, licence, integrity } = item;
  const whereabouts = [...new Set(same.flatMap((one) => one.whereabouts))].toSorted();
  const [group, bare] = name.startsWith("@") ? name.split("/", 2) : [undefined, name];
  return {
    type: "library",
    "bom-ref": refOf(item),
    ...(group !== undefined && { group }),
    name: bare ?? name,
    version,
    scope: whereabouts.every((where) => where === "tools") ? "excluded" : "required",
    hashes: [hashOf(integrity)],
    ...(licence !== null && { licenses: licencesOf(licence) }),
    purl: refOf(item),
    properties: whereabouts.map((where) => ({ name: "parley:whereabouts", value: where })),
  };
}

/** A package's URL names it everywhere: https://github.com/package-url/purl-spec. */
function refOf({ name, version }: Item): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function licencesOf(licence: string) {
  return /\s/.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
}

/** From `sha512-BASE64`, as lock files have it, to the hex of the bill. */
function hashOf(integrity: string) {
  const [algorithm = "", encoded = ""] = integrity.split("-", 2);
  return {
    alg: algorithm.toUpperCase().replace(/^SHA/, "SHA-"),
    content: Buffer.from(encoded, "base64").toString("hex"),
  };
}

/** A UUID of version 8, made of what the bill is of. */
function uuidOf(items: readonly Item[]): string {
  const hash = createHash("sha256");
  for (const { place, version, integrity } of items) hash.update(`${place} ${version} ${integrity}\n`);
  const hex = hash.digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (import.meta.main) {
  const bill = billOf(await takeInventory(), { at: new Date() });
  const text = `${JSON.stringify(bill, null, 2)}\n`;
  const [file] = Bun.argv.slice(2);
  if (file === undefined) process.stdout.write(text);
  else await Bun.write(file, text);
}
