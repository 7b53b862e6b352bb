/** Rules about what may stand in a file: the environment, default exports, length, tests that do not run. */
import ts from "typescript";
import { lineOf, type Source, type Violation, walk } from "./source.ts";

/** Longer than this, a file is two; tests may list as many sentences as they have. */
const MAX_LINES = 250;
/** Lists of sentences are as long as they are. */
const CATALOGUES = /^pwa\/src\/words\/(emoji\/)?[a-z]{2}\.ts$/;

const READS_ENVIRONMENT =
  /^server\/config\.ts$|^pwa\/src\/build\.ts$|_test\.ts$|_contract\.ts$|^server\/testing\/|^infra\/|^e2e\//;
/** Where a tool demands a default export: configs, Playwright's global setup, declarations of foreign modules. */
const MAY_EXPORT_DEFAULT = /\.config\.ts$|\.d\.ts$|^e2e\/setup\.ts$/;
const TESTS = /_test\.ts$|_contract\.ts$|\.(e2e|attack)\.ts$/;
const NOT_RUN = new Set(["skip", "only", "todo", "fixme", "skipIf", "todoIf", "if"]);
const RUNNERS = new Set(["test", "it", "describe"]);

export function checkHabits(sources: Source[]): Violation[] {
  return sources.flatMap((source) => {
    const { path, syntax } = source;
    const violations: Violation[] = [];
    const report = (node: ts.Node, rule: string) =>
      violations.push({ path, line: lineOf(syntax, node), rule });

    walk(syntax, (node) => {
      if (!READS_ENVIRONMENT.test(path) && isEnvironment(node)) {
        report(node, "only server/config.ts reads the environment");
      }
      if (!MAY_EXPORT_DEFAULT.test(path) && isDefaultExport(node)) report(node, "exports have names");
      if (TESTS.test(path) && isNotRun(node)) report(node, "every test runs");
    });
    const lines = syntax.getLineStarts().length - 1;
    if (lines > MAX_LINES && !TESTS.test(path) && !CATALOGUES.test(path))
      violations.push({ path, line: lines, rule: `a file has at most ${MAX_LINES} lines` });
    return violations;
  });
}

/** `process.env`, `Bun.env`, `import.meta.env`, however they are written, and `env` imported by name. */
function isEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node) && node.name.text === "env") return isGlobal(node.expression);
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return node.argumentExpression.text === "env" && isGlobal(node.expression);
  }
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name) && node.initializer) {
    return isGlobal(node.initializer) && node.name.elements.some(bindsEnv);
  }
  if (!ts.isImportSpecifier(node) || (node.propertyName ?? node.name).text !== "env") return false;
  const from = node.parent.parent.parent.moduleSpecifier;
  return ts.isStringLiteralLike(from) && /^(node:process|process|bun)$/.test(from.text);
}

function isGlobal(node: ts.Node): boolean {
  return (ts.isIdentifier(node) && /^(process|Bun)$/.test(node.text)) || ts.isMetaProperty(node);
}

function bindsEnv({ propertyName, name }: ts.BindingElement): boolean {
  const bound = propertyName ?? name;
  return ts.isIdentifier(bound) && bound.text === "env";
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  return ts.canHaveModifiers(node)
    ? (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
    : false;
}

function isNotRun(node: ts.Node): boolean {
  if (!ts.isPropertyAccessExpression(node) || !NOT_RUN.has(node.name.text)) return false;
  return ts.isIdentifier(node.expression) && RUNNERS.has(node.expression.text);
}
