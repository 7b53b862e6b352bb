/**
 * How much a person must load, brotli bytes of scripts and styles. For the sign-in screen, which somebody sees for the first time on a
 * phone in a train: what the page names, and what the router loads for it. For the whole app, which every device keeps: every script
 * and style of the build, with all languages, all emoji and the worker. A build that is over its budget fails.
 */
import { join } from "node:path";

const KB = 1_000;
const SIGN_IN_BYTES = 130 * KB;
const APP_BYTES = 230 * KB;

/** The part (pwa/vite.config.ts) that the router loads for the sign-in page, after what the page itself names. */
const SIGN_IN = "sign_in";
const NAMED = /(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g;
const COUNTED = new Bun.Glob("**/*.{js,css}");

/** One file of vite's own account of a build. */
export interface Chunk {
  file: string;
  name?: string;
  css?: string[];
  /** Loaded together with this one. */
  imports?: string[];
}

export interface Cost {
  what: string;
  bytes: number;
  budget: number;
}

/** What `folder`, a build beside its brotli variants, costs. */
export async function costOf(folder: string, chunks: Record<string, Chunk>): Promise<Cost[]> {
  const all = await Array.fromAsync(COUNTED.scan({ cwd: folder }));
  const page = await Bun.file(join(folder, "index.html")).text();
  const named = [...page.matchAll(NAMED)].map(([, file = ""]) => file);
  return [
    {
      what: "the sign-in screen",
      bytes: await weigh(folder, [...new Set([...named, ...loadedBy(SIGN_IN, chunks)])]),
      budget: SIGN_IN_BYTES,
    },
    { what: "the whole app", bytes: await weigh(folder, all), budget: APP_BYTES },
  ];
}

/** One line for each cost; throws when one is over its budget. */
export function hold(costs: Cost[]): string {
  const lines = costs.map(
    ({ what, bytes, budget }) => `${what}: ${kb(bytes)} kB of ${kb(budget)} kB (brotli, scripts and styles)`,
  );
  if (costs.some(({ bytes, budget }) => bytes > budget)) {
    throw new Error(`Building the app: it is over its budget.\n${lines.join("\n")}`);
  }
  return lines.join("\n");
}

function loadedBy(part: string, chunks: Record<string, Chunk>): string[] {
  const seen = new Set<string>();
  const files: string[] = [];
  function load(name: string): void {
    if (seen.has(name)) return;
    seen.add(name);
    const chunk = chunks[name];
    if (!chunk) throw new Error(`Weighing the build: it has no part ${name}.`);
    files.push(chunk.file, ...(chunk.css ?? []));
    for (const imported of chunk.imports ?? []) load(imported);
  }
  const [entry] = Object.entries(chunks).find(([, { name }]) => name === part) ?? [part];
  load(entry);
  return files;
}

async function weigh(folder: string, files: string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map(async (file) => {
      const compressed = Bun.file(join(folder, `${file}.br`));
      return (await compressed.exists()) ? compressed.size : Bun.file(join(folder, file)).size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function kb(bytes: number): string {
  return (bytes / KB).toFixed(1);
}
