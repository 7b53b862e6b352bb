/** A site as a person gets it: `parley setup` in a copy of this folder, so that no real site is in the way. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COPIED = ["base", "components", "overlays", "parley"];
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
  await Promise.all(
    COPIED.map((name) => cp(join(import.meta.dir, name), join(folder, name), { recursive: true })),
  );

  async function run(args: string[]): Promise<string> {
    const child = Bun.spawn([join(folder, "parley"), ...args], {
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
  return { folder, site: join(folder, "site"), run };
}

export function setupArguments(domain: string): string[] {
  return ["setup", "--domain", domain, "--smtp", SMTP_URL];
}
