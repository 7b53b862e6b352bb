import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A run that starts a process which would never end, tells where its folder is, and waits. */
const RUN = `
  import { startCleanup } from ${JSON.stringify(join(import.meta.dir, "cleanup.ts"))};
  const cleanup = await startCleanup();
  const child = Bun.spawn(["sleep", "infinity"], { stdio: ["ignore", "inherit", "inherit"], detached: true });
  cleanup.add({ chore: "end", group: child.pid, signal: "SIGTERM" });
  process.stdout.write(cleanup.folder + "\\n");
  process.on("SIGTERM", () => void cleanup.finish().then(() => process.exit(0)));
  await child.exited;
`;

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`a run that gets ${signal} leaves no process and no folder behind`, async () => {
    const run = Bun.spawn([process.execPath, "-e", RUN], { stdout: "pipe", stderr: "inherit" });
    const reader = run.stdout.getReader();
    const folder = new TextDecoder().decode((await reader.read()).value).trim();
    expect(existsSync(folder)).toBe(true);
    run.kill(signal);
    // The pipe is held by the run, by its process and by the janitor: it ends when the last of them has.
    while (!(await reader.read()).done);
    expect(existsSync(folder)).toBe(false);
  }, 20_000);
}
