import type { Source, Violation } from "./source.ts";

/** Every cycle of imports that a walk from file to file meets, each once. */
export function checkCycles(sources: Source[]): Violation[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const trail: string[] = [];
  const violations: Violation[] = [];

  function visit(path: string): void {
    const source = byPath.get(path);
    if (source === undefined || done.has(path)) return;
    trail.push(path);
    for (const { target, line } of source.imports) {
      if (target === null) continue;
      if (!trail.includes(target)) visit(target);
      else
        violations.push({
          path,
          line,
          rule: `no cycles: ${describe(trail.slice(trail.indexOf(target)), target)}`,
        });
    }
    trail.pop();
    done.add(path);
  }

  for (const { path } of sources) visit(path);
  return violations;
}

function describe(cycle: string[], back: string): string {
  return [...cycle, back].join(" → ");
}
