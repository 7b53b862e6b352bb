/** A site as a person gets it: `parley setup` in a copy of this folder, so that no real site is in the way. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COPIED = ["k3s/base", "k3s/components", "k3s/overlays", "k3s/parley", "monitoring"];
const SMTP_URL = "smtps://parley:a-password-from-the-provider@mail.example.net";

export interface Site {
  /** The whole copy. */
  folder: string;
  /** With the kustomization to render. */
  site: string;
  /** Runs `parley` with these arguments and returns what it printed; throws with all of it when it fails. */
  run(args: string[]): Promise<string>;
}

/** `kind`: which overlay it is made on. */
export async function makeSite(kind: "single" | "ha"): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "parley-site-"));
  const infra = join(import.meta.dir, "..");
  await Promise.all(COPIED.map((name) => cp(join(infra, name), join(folder, name), { recursive: true })));

  async function run(args: string[]): Promise<string> {
    const child = Bun.spawn([join(folder, "k3s/parley"), ...args], {
      // No cluster may be touched, whatever this machine's owner has.
      env: { ...process.env, KUBECONFIG: join(folder, "no-cluster") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [output, errors, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    if (code !== 0) throw new Error(`parley ${args.join(" ")} ended with ${code}: ${output}${errors}`);
    return output;
  }

  await run([...setupArguments("chat.example.net"), ...(kind === "ha" ? ["--ha"] : [])]);
  return { folder, site: join(folder, "k3s/site"), run };
}

/** Switches a component on, as a person would: by naming it in the site. */
export async function addComponent({ site }: Site, name: string): Promise<void> {
  const file = join(site, "kustomization.yaml");
  const text = await Bun.file(file).text();
  await Bun.write(file, text.replace("components:\n", `components:\n  - ../components/${name}\n`));
}

export function setupArguments(domain: string): string[] {
  return ["setup", "--domain", domain, "--smtp", SMTP_URL];
}
