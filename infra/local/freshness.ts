import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What the built PWA is made of. */
const INPUTS = ["pwa/**/*", "server/protocol/*", "infra/local/{build,precompress}.ts", "bun.lock"];
const NOT_INPUTS = /^pwa\/(dist|node_modules)\/|_test\.ts$/;

/** Tells whether the build fits its sources, by their content: times of files say little after a checkout. */
export interface Freshness {
  isFresh(): Promise<boolean>;
  /** Notes that the build was made from the sources as they were when `fingerprint` was taken. */
  mark(fingerprint: string): Promise<void>;
  fingerprint(): Promise<string>;
}

export function makeFreshness(root: string): Freshness {
  const stamp = join(root, ".cache/built");
  const built = join(root, "pwa/dist/index.html");

  async function fingerprint(): Promise<string> {
    const paths = INPUTS.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root })]);
    const hasher = new Bun.CryptoHasher("sha256");
    for (const path of paths.filter((name) => !NOT_INPUTS.test(name)).toSorted()) {
      hasher.update(`${path}\0`);
      hasher.update(await Bun.file(join(root, path)).arrayBuffer());
    }
    return hasher.digest("hex");
  }

  async function isFresh(): Promise<boolean> {
    if (!existsSync(built) || !existsSync(stamp)) return false;
    return (await Bun.file(stamp).text()) === (await fingerprint());
  }

  async function mark(print: string): Promise<void> {
    await mkdir(dirname(stamp), { recursive: true });
    await Bun.write(stamp, print);
  }

  return { isFresh, mark, fingerprint };
}
