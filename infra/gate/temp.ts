import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, resolve } from "node:path";

/** Mode bit: anybody may pass through this folder. */
const OTHERS_MAY_PASS = 0o001;

/**
 * The system's folder for temporary files, as long as every user may reach it: as root, Postgres runs as nobody, who cannot
 * enter a `TMPDIR` below a private home.
 */
export function openTempRoot(): string {
  const wanted = resolve(tmpdir());
  return process.getuid?.() !== 0 || reachableByAll(wanted) ? wanted : "/tmp";
}

function reachableByAll(folder: string): boolean {
  if ((statSync(folder).mode & OTHERS_MAY_PASS) === 0) return false;
  return dirname(folder) === folder || reachableByAll(dirname(folder));
}
