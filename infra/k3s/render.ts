/** What kubectl would send to a cluster: a folder with a kustomization, rendered. No cluster is asked. */
import type { Resource } from "./resource.ts";

/** `folder`: with a `kustomization.yaml`. Throws with kubectl's own words when it does not render. */
export async function render(folder: string): Promise<Resource[]> {
  const kubectl = process.env["KUBECTL"] ?? Bun.which("kubectl");
  if (!kubectl)
    throw new Error("There is no kubectl: name one in KUBECTL, or run the gate, which brings it.");
  const child = Bun.spawn([kubectl, "kustomize", folder], { stdio: ["ignore", "pipe", "pipe"] });
  const [yaml, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0 || errors !== "") throw new Error(`kubectl kustomize ${folder}: ${errors}`);
  const documents: unknown = Bun.YAML.parse(yaml);
  return (Array.isArray(documents) ? documents : [documents]) as Resource[];
}
