/** `bun start`: the whole product from a fresh clone. Installs and builds what is stale, then runs the server. */
import { build } from "./build.ts";
import { makeFreshness } from "./freshness.ts";
import { endWithNpx } from "./launcher.ts";
import { BUN, foreground, installIfStale, ROOT } from "./tools.ts";

endWithNpx();
await installIfStale();
if (!(await makeFreshness(ROOT).isFresh())) {
  process.stdout.write("Building the app …\n");
  await build();
}
// The server ends with us, even when we are killed and cannot pass that on.
process.exit(await foreground([BUN, "--no-orphans", "server/main.ts", "serve"]));
