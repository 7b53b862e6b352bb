/**
 * Every rendered resource of Kubernetes' own kinds is held against Kubernetes' own schema, strictly: as an object literal of its
 * type, where an unknown or misspelt field does not compile. Kinds of others (Traefik, cert-manager, the operators) have no
 * types here; the rules look at what matters of them.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { render } from "./render.ts";
import { nameOf, type Resource } from "./resource.ts";
import { addComponent, makeSite } from "./site.ts";

const ROOT = join(import.meta.dir, "../..");
/** Inside of this clone, so that the types are found. */
const CACHE = join(ROOT, ".cache");

/** Where kubernetes-models keeps the types of an API group. */
const MODELS = new Map([
  ["v1", "v1"],
  ["apps/v1", "apps/v1"],
  ["batch/v1", "batch/v1"],
  ["autoscaling/v2", "autoscaling/v2"],
  ["policy/v1", "policy/v1"],
  ["networking.k8s.io/v1", "networking.k8s.io/v1"],
]);
const OF_OTHERS =
  /^(traefik\.io\/v1alpha1 Middleware|postgresql\.cnpg\.io\/v1 Cluster|kafka\.strimzi\.io\/v1 Kafka(NodePool)?)$/;

/** A loaded machine may take its time to render and to check. */
const PATIENCE_MS = 60_000;

let folder = "";
const rendered: Resource[] = [];

beforeAll(async () => {
  await mkdir(CACHE, { recursive: true });
  folder = await mkdtemp(join(CACHE, "schema-"));
  for (const kind of ["single", "ha"] as const) {
    const site = await makeSite(kind);
    await addComponent(site, "monitoring");
    if (kind === "ha") await addComponent(site, "hpa-connections");
    rendered.push(...(await render(site.site)));
    await rm(site.folder, { recursive: true });
  }
}, PATIENCE_MS);

afterAll(() => rm(folder, { recursive: true }));

test("every resource is of a kind that is known here", () => {
  const unknown = rendered
    .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)
    .filter((kind) => !OF_OTHERS.test(kind) && !MODELS.has(kind.split(" ")[0] ?? ""));
  expect(unknown).toEqual([]);
});

test(
  "every resource has the fields of its kind, and no others",
  async () => {
    expect(await faultsOf(rendered)).toBe("");
  },
  PATIENCE_MS,
);

test(
  "a misspelt field, a wrong type, a missing one and a number for a word are noticed",
  async () => {
    const broken = [
      {
        spec: { template: { spec: { containers: [{ name: "a", image: "b", imagePullPolice: "Always" }] } } },
      },
      { spec: { replicas: "two" } },
      { spec: { template: { spec: { containers: [{ image: "b" }] } } } },
      { spec: { template: { spec: { containers: [], volumes: [{ name: "a", emptyDir: { medium: 1 } }] } } } },
    ].map((part) => {
      const spec = { selector: {}, template: {}, ...part.spec };
      return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "broken" }, spec };
    });
    const faults = await Promise.all(broken.map((resource) => faultsOf([resource])));
    expect(faults[0]).toContain("imagePullPolice");
    expect(faults[1]).toContain("'string' is not assignable to type 'number'");
    expect(faults[2]).toContain('"name"');
    expect(faults[3]).toContain("'number' is not assignable to type 'string'");
  },
  PATIENCE_MS,
);

/** What the compiler says about them; empty when nothing. */
async function faultsOf(resources: Resource[]): Promise<string> {
  const project = await mkdtemp(join(folder, "project-"));
  const known = resources.filter(({ apiVersion }) => MODELS.has(apiVersion));
  const types = new Map(
    known.map(({ apiVersion, kind }) => [typeName(apiVersion, kind), { apiVersion, kind }]),
  );
  const imports = [...types].map(
    ([type, { apiVersion, kind }]) =>
      `import type { I${kind} as ${type} } from "kubernetes-models/${MODELS.get(apiVersion)}";`,
  );
  const literals = known.map(
    (resource) =>
      `// ${nameOf(resource)}\n(${JSON.stringify(resource)}) satisfies ${typeName(resource.apiVersion, resource.kind)};`,
  );
  await Bun.write(join(project, "resources.ts"), [...imports, ...literals, "export {};"].join("\n"));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: "ESNext",
    module: "Preserve",
    moduleResolution: "bundler",
    types: [],
  };
  await Bun.write(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["."] }));
  const child = Bun.spawn([process.execPath, "check", "-p", project], { stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return code === 0 ? "" : output + errors;
}

function typeName(apiVersion: string, kind: string): string {
  return `${kind}Of${apiVersion.replaceAll(/[^a-z0-9]/gi, "_")}`;
}
