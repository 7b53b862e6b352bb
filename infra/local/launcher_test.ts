import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const POLL_MS = 20;

let folder: string;
const started: number[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-launcher-"));
  await Bun.write(join(folder, "package.json"), JSON.stringify({ scripts: { hold: "bun hold.ts" } }));
  await Bun.write(
    join(folder, "hold.ts"),
    `import { endWithNpx } from ${JSON.stringify(join(import.meta.dir, "launcher.ts"))};
     process.on("SIGTERM", async () => {
       await Bun.write(process.env.NAME + ".ended", "");
       process.exit();
     });
     setInterval(() => {}, 1_000);
     endWithNpx();
     await Bun.write(process.env.NAME + ".pid", String(process.pid));`,
  );
});

afterEach(async () => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  await rm(folder, { recursive: true });
});

/** `bun run` behind a shell, as npx has it. */
async function startBehindShell(name: string, agent: string) {
  const shell = Bun.spawn(["sh", "-c", `'${process.execPath}' run hold; exit 0`], {
    cwd: folder,
    env: { ...process.env, npm_config_user_agent: agent, NAME: name },
    stdio: ["ignore", "ignore", "ignore"],
  });
  const note = join(folder, `${name}.pid`);
  while (!existsSync(note) || (await Bun.file(note).text()) === "") await Bun.sleep(POLL_MS);
  const pid = Number(await Bun.file(note).text());
  started.push(pid);
  return { shell, pid };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("what npx started ends when npx is told to, and what a terminal started does not", async () => {
  const byNpx = await startBehindShell("npx", "npm/11.0.0 node/v20.0.0");
  const byTerminal = await startBehindShell("terminal", "bun/1.4.5");
  byTerminal.shell.kill("SIGTERM");
  await byTerminal.shell.exited;
  byNpx.shell.kill("SIGTERM");
  while (!existsSync(join(folder, "npx.ended"))) await Bun.sleep(POLL_MS);
  expect(isAlive(byTerminal.pid)).toBe(true);
  expect(existsSync(join(folder, "terminal.ended"))).toBe(false);
});
