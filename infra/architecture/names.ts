/** Rules about names: of files, of what they declare, of the top folder's entries. */
import ts from "typescript";
import { lineOf, type Source, type Violation, walk } from "./source.ts";

const BANNED_SUFFIX = /(Manager|Helper|Utils?|Service|Impl|Data|Info)$/;
const BANNED_WORD = /^(managers?|helpers?|utils?|services?|impl|data|info)$/;
const SNAKE = /^[a-z0-9]+(_[a-z0-9]+)*(\.d|\.config|\.e2e|\.attack)?\.ts$/;
const PASCAL = /^([A-Z][a-z0-9]*)+\.vue$/;

/** Names that are words of their own here: what tests need from outside is called so by everybody. */
const ALLOWED_FILES = new Set(["infra/gate/services.ts", "server/testing/services.ts"]);
const ALLOWED_NAMES = new Set(["startServices"]);

const TOP_LEVEL = new Set([
  "server",
  "pwa",
  "e2e",
  "infra",
  "bunfig.toml",
  "package.json",
  "compose.yaml",
  "README.md",
  "bun.lock",
  "LICENSE",
  "node_modules",
]);

export function checkNames(sources: Source[]): Violation[] {
  return sources.flatMap((source) => [...checkFileName(source.path), ...checkDeclarations(source)]);
}

/** `entries`: what lies in the top folder. Dotfiles are free. */
export function checkTopLevel(entries: string[]): Violation[] {
  return entries
    .filter((entry) => !entry.startsWith(".") && !TOP_LEVEL.has(entry))
    .map((entry) => ({ path: entry, line: 1, rule: "the top folder holds only what the design names" }));
}

function checkFileName(path: string): Violation[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const violation = (rule: string) => [{ path, line: 1, rule }];
  if (name.startsWith("index.")) return violation("a file is named after what it exports, never index");
  if (!SNAKE.test(name) && !PASCAL.test(name)) return violation("files are snake_case.ts or PascalCase.vue");
  const stem = name.replace(/\..*$/, "").replace(/_(test|contract)$/, "");
  const last = stem.split("_").at(-1) ?? "";
  if (!ALLOWED_FILES.has(path) && (BANNED_WORD.test(last) || BANNED_SUFFIX.test(stem))) {
    return violation(`a file is named after what it is, not ${last}`);
  }
  return [];
}

function checkDeclarations({ path, syntax }: Source): Violation[] {
  const violations: Violation[] = [];
  walk(syntax, (node) => {
    if (!isNamedDeclaration(node) || node.name === undefined || !ts.isIdentifier(node.name)) return;
    const name = node.name.text;
    if (!BANNED_SUFFIX.test(name) || ALLOWED_NAMES.has(name)) return;
    violations.push({ path, line: lineOf(syntax, node), rule: `a name says what it is: ${name}` });
  });
  return violations;
}

function isNamedDeclaration(node: ts.Node) {
  return (
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isFunctionDeclaration(node)
  );
}
