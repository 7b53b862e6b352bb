/**
 * Postgres refuses to run as root, and people do run this as root: in containers, on small machines. So root lends it
 * another user id, through `setpriv`. That user may not be able to pass through the folders above the program or above
 * the data (a clone in /root, a folder made by mktemp); then it gets one capability, to read and search everywhere, and
 * keeps it for `access` checks too (no_setuid_fixup): without that, Postgres cannot find its own program.
 */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** `nobody` on Linux. */
const NOBODY = 65_534;
const OTHERS_MAY_SEARCH = 0o001;
/** In order of preference: reading is enough, but container engines often leave root only the stronger one. */
const CAPABILITIES = [
  { name: "dac_read_search", bit: 2n },
  { name: "dac_override", bit: 1n },
];

/** Who runs Postgres: `ids` null means the user of this process. */
export interface Runner {
  ids: { uid: number; gid: number } | null;
  /** The command line that runs `command` as that user. */
  wrap(command: string[]): string[];
}

export interface RunnerOptions {
  /** The user that already owns the data; root lends `nobody` when it is root's own or there is none. */
  owner: { uid: number; gid: number } | null;
  /** What the user must be able to reach: program and data. */
  paths: string[];
}

/** Decides once, from who we are and what lies where. Throws when root cannot step down here. */
export function chooseRunner({ owner, paths }: RunnerOptions): Runner {
  if (process.getuid?.() !== 0) return { ids: null, wrap: (command) => command };
  const setpriv = Bun.which("setpriv");
  if (setpriv === null) {
    throw new Error(
      "The embedded Postgres cannot run as root here (there is no `setpriv`). Start as an ordinary user, or set DATABASE_URL.",
    );
  }
  const ids = owner === null || owner.uid === 0 ? { uid: NOBODY, gid: NOBODY } : owner;
  const options = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, "--clear-groups"];
  if (!paths.every(isOpenToAll)) {
    const capability = ownCapability();
    options.push(`--inh-caps=-all,+${capability}`, `--ambient-caps=-all,+${capability}`);
    options.push("--securebits=+no_setuid_fixup");
  }
  return { ids, wrap: (command) => [setpriv, ...options, "--", ...command] };
}

/** True when any user may walk to `path`. */
function isOpenToAll(path: string) {
  for (let folder = dirname(realpathSync(path)); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & OTHERS_MAY_SEARCH) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function ownCapability() {
  const held = BigInt(
    `0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0}`,
  );
  const capability = CAPABILITIES.find(({ bit }) => (held >> bit) % 2n === 1n);
  if (capability !== undefined) return capability.name;
  throw new Error(
    "The embedded Postgres cannot reach its folders: they are closed to other users. Move the project and DATA_DIR out of closed folders.",
  );
}
