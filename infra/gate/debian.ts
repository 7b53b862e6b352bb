import { existsSync } from "node:fs";
import { run } from "./run.ts";

/** Waits this long for another run of apt to finish. */
const LOCK_TIMEOUT_SECONDS = 300;

/** True when packages can be installed here: root on Debian. */
export async function canInstall(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !existsSync("/etc/os-release")) return false;
  return /^ID=debian$/m.test(await Bun.file("/etc/os-release").text());
}

/** Installs Debian packages. Ends with apt, not with the run: a half-configured package would stay broken. */
export async function install(packages: string[]): Promise<void> {
  const apt = ["apt-get", "-qq", "-o", `DPkg::Lock::Timeout=${LOCK_TIMEOUT_SECONDS}`];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run([...apt, "update"], { env });
  await run([...apt, "install", "-y", "--no-install-recommends", ...packages], { env });
}
