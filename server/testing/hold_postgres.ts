/** Opens the embedded Postgres on the folder in its argument, says so in one line of JSON, and holds it until killed. */
import { openEmbeddedPostgres } from "../db/embedded.ts";
import { quietLog } from "./quiet.ts";

const [dataDir = ""] = process.argv.slice(2);
const { url, owned } = await openEmbeddedPostgres({ dataDir, log: quietLog });
process.stdout.write(`${JSON.stringify({ url, owned })}\n`);
setInterval(() => {}, 60_000);
