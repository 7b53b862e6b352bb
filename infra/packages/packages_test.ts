/** What Parley is made of, held to its promises: known exactly, from the common registry, under licences that may be passed on. */
import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { ROOT } from "../gate/paths.ts";
import { type Inventory, takeInventory } from "./inventory.ts";
import { allows, objections } from "./licences.ts";
import { reach, readLock } from "./lock.ts";
import { billOf } from "./sbom.ts";

/** Every place where packages are asked for. */
const MANIFESTS = ["package.json", "infra/gate/kubectl/package.json"];
const LOCKS = ["bun.lock", "infra/gate/kubectl/bun.lock"];
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const SHA_512 = /^sha512-[0-9A-Za-z+/]{86}==$/;
const MOMENT = new Date("2026-01-02T03:04:05Z");

let inventory: Inventory;

beforeAll(async () => {
  inventory = await takeInventory();
});

describe("the packages", () => {
  test.each(MANIFESTS)("that %s asks for have exact versions", async (path) => {
    const manifest = (await Bun.file(join(ROOT, path)).json()) as Record<string, unknown>;
    const asked = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) =>
      Object.entries((manifest[kind] ?? {}) as Record<string, string>),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(([, version]) => !EXACT.test(version))).toEqual([]);
  });

  test.each(LOCKS)("that %s locks come from no host of their own", async (path) => {
    expect(await Bun.file(join(ROOT, path)).text()).not.toMatch(/https?:|git\+|github:|\.tgz/);
  });

  test("are all locked by an exact version and a hash", () => {
    const loose = inventory.items.filter(
      ({ version, from, integrity }) => !EXACT.test(version) || from !== "" || !SHA_512.test(integrity),
    );
    expect(loose).toEqual([]);
    expect(inventory.items.length).toBeGreaterThan(500);
  });

  test("that a person chose are named in the README, with their reason", async () => {
    const readme = await Bun.file(join(ROOT, "README.md")).text();
    const { dependencies, devDependencies, optionalDependencies } = inventory.manifest;
    const chosen = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const unnamed = chosen.filter((name) => {
      const family = name.replace(/^(@[^/]+\/|workbox-).*$/, "$1*");
      return ![name, family].some((form) => readme.includes(form));
    });
    // Types of what is named, and the runner that `playwright` comes with.
    expect(unnamed).toEqual(["@playwright/test", "@types/bun", "@types/nodemailer"]);
  });
});

describe("licences", () => {
  test("of all packages are known and allowed where the package ends up", () => {
    expect(objections(inventory.items)).toEqual([]);
  });

  test("that are missing, or not allowed there, are objected to", () => {
    const item = { name: "a", version: "1.0.0" };
    expect(objections([{ ...item, licence: null, whereabouts: ["tools"] }])).toEqual([
      "a 1.0.0 declares no licence",
    ]);
    expect(objections([{ ...item, licence: "GPL-3.0-only", whereabouts: ["tools"] }])).toHaveLength(1);
    // Copyleft by the file may help to build, and may not be passed on.
    expect(objections([{ ...item, licence: "MPL-2.0", whereabouts: ["tools"] }])).toEqual([]);
    expect(objections([{ ...item, licence: "MPL-2.0", whereabouts: ["app"] }])).toHaveLength(1);
  });

  test.each([
    ["MIT", true],
    ["MIT OR GPL-3.0-only", true],
    ["(GPL-3.0-only OR MIT) AND ISC", true],
    ["MIT AND GPL-3.0-only", false],
    ["MIT AND (GPL-3.0-only OR LGPL-3.0-only)", false],
    ["GPL-2.0-only WITH Classpath-exception-2.0", false],
    ["SEE LICENSE IN LICENSE.txt", false],
    ["UNLICENSED", false],
    ["", false],
  ])("%j can be kept: %p", (expression, kept) => {
    expect(allows(expression)).toBe(kept);
  });
});

describe("the lock", () => {
  const entry = (id: string, details = {}) => [id, "", details, "sha512-x"];
  const lock = readLock(
    JSON.stringify({
      packages: {
        a: entry("a@1.0.0", { dependencies: { b: "^2" }, optionalDependencies: { gone: "1" } }),
        "a/b": entry("b@2.0.0", { dependencies: { "@s/c": "3" }, peerDependencies: { d: "*", e: "*" } }),
        b: entry("b@1.0.0", { peerDependencies: { a: "1", d: "1" }, optionalPeers: ["d"] }),
        "@s/c": entry("@s/c@3.0.0"),
        d: entry("d@1.0.0"),
      },
    }),
  );

  test("is read as Node finds packages: the nearest first, and what is optional only if it is there", () => {
    expect(lock.packages.get("a")).toMatchObject({ name: "a", version: "1.0.0", needs: ["a/b"], peers: [] });
    expect(lock.packages.get("a/b")).toMatchObject({ needs: ["@s/c"], peers: ["d"] });
    expect(lock.packages.get("b")?.peers).toEqual(["a"]);
    expect([...reach(lock, ["a"])].toSorted()).toEqual(["@s/c", "a", "a/b"]);
  });

  test("with a package from a folder or a repository is refused", () => {
    expect(() => readLock('{"packages":{"x":["x@github:a/x",{},"x-1"]}}')).toThrow("x does not come from");
  });
});

describe("the bill of materials", () => {
  const strict = { additionalProperties: false };
  const text = Type.String({ minLength: 1 });
  const purl = Type.RegExp(/^pkg:npm\/(?:%40[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+/);
  const licences = Type.Array(
    Type.Union([
      Type.Object({ license: Type.Object({ id: text }, strict) }, strict),
      Type.Object({ expression: text }, strict),
    ]),
    { minItems: 1, maxItems: 1 },
  );
  const component = Type.Object(
    {
      type: Type.Literal("library"),
      "bom-ref": purl,
      group: Type.Optional(Type.RegExp(/^@/)),
      name: text,
      version: Type.RegExp(EXACT),
      scope: Type.Union([Type.Literal("required"), Type.Literal("excluded")]),
      hashes: Type.Tuple([
        Type.Object({ alg: Type.Literal("SHA-512"), content: Type.RegExp(/^[0-9a-f]{128}$/) }, strict),
      ]),
      licenses: licences,
      purl,
      properties: Type.Array(Type.Object({ name: text, value: text }, strict), { minItems: 1 }),
    },
    strict,
  );
  /** What of CycloneDX 1.6 this bill uses, and nothing else. */
  const bill = Type.Object(
    {
      $schema: Type.Literal("http://cyclonedx.org/schema/bom-1.6.schema.json"),
      bomFormat: Type.Literal("CycloneDX"),
      specVersion: Type.Literal("1.6"),
      serialNumber: Type.RegExp(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      version: Type.Literal(1),
      metadata: Type.Object(
        {
          timestamp: Type.Literal(MOMENT.toISOString()),
          lifecycles: Type.Tuple([Type.Object({ phase: Type.Literal("build") }, strict)]),
          component: Type.Object(
            {
              type: Type.Literal("application"),
              "bom-ref": text,
              name: text,
              version: Type.RegExp(EXACT),
              description: text,
              licenses: licences,
            },
            strict,
          ),
        },
        strict,
      ),
      components: Type.Array(component, { minItems: 1, uniqueItems: true }),
      dependencies: Type.Array(
        Type.Object({ ref: text, dependsOn: Type.Array(text, { uniqueItems: true }) }, strict),
        { minItems: 1 },
      ),
    },
    strict,
  );

  test("has the shape of CycloneDX 1.6", () => {
    expect([...Value.Errors(bill, billOf(inventory, { at: MOMENT }))].slice(0, 3)).toEqual([]);
  });

  test("names every locked package once, and nothing that it does not describe", () => {
    const { components, dependencies, metadata } = billOf(inventory, { at: MOMENT });
    const refs = components.map((one) => one["bom-ref"]);
    expect(new Set(refs).size).toBe(refs.length);
    expect(new Set(refs)).toEqual(
      new Set(inventory.items.map(({ name, version }) => `pkg:npm/${name.replace("@", "%40")}@${version}`)),
    );
    const known = new Set([metadata.component["bom-ref"], ...refs]);
    expect(dependencies.map(({ ref }) => ref).toSorted()).toEqual([...known].toSorted());
    expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !known.has(ref))).toEqual([]);
  });

  test("tells what is shipped from what only helps to build and to test", () => {
    const { components } = billOf(inventory, { at: MOMENT });
    const scopeOf = (wanted: string) =>
      components.find(({ group, name }) => group === undefined && name === wanted)?.scope;
    for (const name of ["bun", "elysia", "postgres", "vue", "vuetify", "idb", "workbox-precaching"]) {
      expect([name, scopeOf(name)]).toEqual([name, "required"]);
    }
    for (const name of ["vite", "knip", "oxlint", "fast-check", "happy-dom", "typescript"]) {
      expect([name, scopeOf(name)]).toEqual([name, "excluded"]);
    }
  });

  test("of the same lock is the same", () => {
    expect(billOf(inventory, { at: MOMENT })).toEqual(billOf(inventory, { at: MOMENT }));
  });
});
