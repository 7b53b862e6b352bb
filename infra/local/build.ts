/** `bun run build`: the PWA into pwa/dist, with compressed variants beside its files. It fails when that is more than people should load. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { costOf, hold } from "./budget.ts";
import type { Chunk } from "./budget.ts";
import { makeFreshness } from "./freshness.ts";
import { precompress } from "./precompress.ts";
import { BUN, installIfStale, must, ROOT } from "./tools.ts";

const DIST = join(ROOT, "pwa/dist");
/** Vite's account of what loads what; nothing that should be served. */
const ACCOUNT = join(DIST, ".vite");

export async function build(): Promise<void> {
  const freshness = makeFreshness(ROOT);
  const fingerprint = await freshness.fingerprint();
  await must([BUN, "--bun", "vite", "build", "--config", "pwa/vite.config.ts", "--logLevel", "warn"]);
  const chunks = await takeAccount();
  await precompress(DIST);
  process.stdout.write(`${hold(await costOf(DIST, chunks))}\n`);
  await freshness.mark(fingerprint);
}

async function takeAccount(): Promise<Record<string, Chunk>> {
  const chunks: Record<string, Chunk> = await Bun.file(join(ACCOUNT, "manifest.json")).json();
  await rm(ACCOUNT, { recursive: true });
  return chunks;
}

if (import.meta.main) {
  await installIfStale();
  await build();
}
