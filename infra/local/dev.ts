/**
 * `bun run dev`: the server, restarted when its code changes, and vite with hot reload in front of it, which hands on what it
 * does not serve itself (its config names the same port).
 */
import { endWithNpx } from "./launcher.ts";
import { BUN, foreground, installIfStale } from "./tools.ts";

const SERVER_PORT = "3000";

endWithNpx();
await installIfStale();
const server = foreground([BUN, "--no-orphans", "--watch", "--no-clear-screen", "server/main.ts", "serve"], {
  PORT: SERVER_PORT,
});
const page = foreground([BUN, "--no-orphans", "--bun", "vite", "--config", "pwa/vite.config.ts"]);
// Whichever ends first takes the other one with it.
process.exit(await Promise.race([server, page]));
