/** `bun run build`: the PWA into pwa/dist, with compressed variants beside its files. */
import { join } from "node:path";
import { makeFreshness } from "./freshness.ts";
import { precompress } from "./precompress.ts";
import { BUN, installIfStale, must, ROOT } from "./tools.ts";

export async function build(): Promise<void> {
  const freshness = makeFreshness(ROOT);
  const fingerprint = await freshness.fingerprint();
  await must([BUN, "--bun", "vite", "build", "--config", "pwa/vite.config.ts", "--logLevel", "warn"]);
  await precompress(join(ROOT, "pwa/dist"));
  await freshness.mark(fingerprint);
}

if (import.meta.main) {
  await installIfStale();
  await build();
}
