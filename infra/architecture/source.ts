/** Source files as the architecture's rules see them: a path from the top folder, its imports, its syntax. */
import { posix } from "node:path";
import ts from "typescript";

export interface SourceText {
  /** From the top folder, with forward slashes. */
  path: string;
  text: string;
}

export interface Import {
  /** As written. */
  specifier: string;
  /** Path from the top folder that a relative or `#protocol/` specifier names; null for packages and built-ins. */
  target: string | null;
  /** Nothing of it is left at run time. */
  typeOnly: boolean;
  line: number;
}

export interface Source {
  path: string;
  text: string;
  imports: Import[];
  /** The parsed script; of a component, its script blocks one after another. */
  syntax: ts.SourceFile;
}

/** A rule that a file breaks. */
export interface Violation {
  path: string;
  line: number;
  rule: string;
}

const VUE_SCRIPT = /(<script\b[^>]*>)([\s\S]*?)<\/script>/g;

export function parse({ path, text }: SourceText): Source {
  const script = path.endsWith(".vue") ? scriptOf(text) : text;
  const syntax = ts.createSourceFile(path, script, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  walk(syntax, (node) => {
    const literal = specifierOf(node);
    if (literal === null) return;
    imports.push({
      specifier: literal.text,
      target: resolveTarget(path, literal.text),
      typeOnly: isTypeOnly(node),
      line: lineOf(syntax, literal),
    });
  });
  return { path, text, imports, syntax };
}

/** Calls `visit` for every node under `node`, itself included, in reading order. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Counts from 1. */
export function lineOf(syntax: ts.SourceFile, node: ts.Node): number {
  return syntax.getLineAndCharacterOfPosition(node.getStart(syntax)).line + 1;
}

/** What the template holds becomes blank lines, so that lines keep their numbers. */
function scriptOf(component: string): string {
  let script = "";
  let at = 0;
  for (const { 0: block, 1: opening = "", 2: body = "", index } of component.matchAll(VUE_SCRIPT)) {
    script += blank(component.slice(at, index + opening.length)) + body;
    at = index + block.length;
  }
  return script;
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, "");
}

/** Of `import`, `export … from`, `import type`, `import()` and the type `import("…").T`. */
function specifierOf(node: ts.Node): ts.StringLiteralLike | null {
  const named =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
  if (named && ts.isStringLiteralLike(named)) return named;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    return argument && ts.isStringLiteralLike(argument) ? argument : null;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return ts.isStringLiteralLike(node.argument.literal) ? node.argument.literal : null;
  }
  return null;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly);
}

function resolveTarget(path: string, specifier: string): string | null {
  const [bare = ""] = specifier.split("?");
  if (bare.startsWith("#protocol/")) return posix.join("server/protocol", bare.slice("#protocol/".length));
  return /^\.\.?(\/|$)/.test(bare) ? posix.join(posix.dirname(path), bare) : null;
}
