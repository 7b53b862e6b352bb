/**
 * What people read stands in the catalogues (`pwa/src/words/`), in every language, and nowhere else in the app. Found are
 * text in a template, literals in what a template shows or names to a screen reader, and sentences in scripts.
 */
import { parse as parseComponent } from "vue/compiler-sfc";
import ts from "typescript";
import { lineOf, type Source, type Violation, walk } from "./source.ts";

const APP = /^pwa\/src\//;
const NOT_SHOWN = /^pwa\/src\/(words|testing)\/|_test\.ts$/;
const RULE = "what people read stands in pwa/src/words:";

/** Attributes and props that are read or heard. */
const WORDED =
  /^(aria-(label|description|roledescription|valuetext|placeholder)|title|subtitle|alt|label|placeholder|hint|text|action|lead|messages|error-messages|tooltip)$/;
/** A sentence or a heading: a capital, and more than one word. */
const SENTENCE = /^\p{Lu}[\p{L}’']*[,:]? \p{L}/u;
const LETTER = /\p{L}/u;

/** What is used of Vue's syntax tree of a template. */
interface TemplateNode {
  type: number;
  loc: { start: { line: number } };
  name?: string;
  content?: string | TemplateNode;
  value?: TemplateNode;
  arg?: TemplateNode;
  exp?: TemplateNode;
  props?: TemplateNode[];
  children?: TemplateNode[];
}

const TEXT = 2;
const INTERPOLATION = 5;
const ATTRIBUTE = 6;
const DIRECTIVE = 7;

export function checkWording(sources: Source[]): Violation[] {
  return sources
    .filter(({ path }) => APP.test(path) && !NOT_SHOWN.test(path))
    .flatMap((source) => [...checkScript(source), ...checkTemplate(source)]);
}

function checkScript({ path, syntax }: Source): Violation[] {
  const violations: Violation[] = [];
  walk(syntax, (node) => {
    const text = literalOf(node);
    if (text === null || !SENTENCE.test(text) || isForProgrammers(node)) return;
    violations.push({ path, line: lineOf(syntax, node), rule: `${RULE} ${text}` });
  });
  return violations;
}

function checkTemplate({ path, text }: Source): Violation[] {
  if (!path.endsWith(".vue")) return [];
  const root = parseComponent(text, { filename: path }).descriptor.template?.ast as TemplateNode | undefined;
  const violations: Violation[] = [];
  const found = (node: TemplateNode, shown: string) =>
    violations.push({ path, line: node.loc.start.line, rule: `${RULE} ${shown.trim()}` });

  function visit(node: TemplateNode): void {
    if (node.type === TEXT && LETTER.test(plain(node.content))) found(node, plain(node.content));
    if (node.type === INTERPOLATION) expression(node, plain(node.content));
    for (const prop of node.props ?? []) visitProp(prop);
    for (const child of node.children ?? []) visit(child);
  }

  function visitProp(prop: TemplateNode): void {
    if (prop.type === ATTRIBUTE && WORDED.test(prop.name ?? "")) {
      if (LETTER.test(plain(prop.value?.content))) found(prop, plain(prop.value?.content));
    }
    if (prop.type === DIRECTIVE && prop.name === "bind" && WORDED.test(plain(prop.arg?.content))) {
      expression(prop, plain(prop.exp?.content));
    }
  }

  function expression(node: TemplateNode, code: string): void {
    for (const shown of shownBy(code)) found(node, shown);
  }

  if (root) visit(root);
  return violations;
}

/** Literals with letters that can be the value of an expression: not what it compares with, looks up or calls with. */
function shownBy(code: string): string[] {
  const shown: string[] = [];
  function value(node: ts.Node): void {
    const text = literalOf(node);
    if (text !== null && LETTER.test(text)) shown.push(text);
    if (ts.isTemplateExpression(node)) {
      const texts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join("");
      if (LETTER.test(texts)) shown.push(texts);
    }
    if (ts.isParenthesizedExpression(node)) value(node.expression);
    if (ts.isConditionalExpression(node)) {
      value(node.whenTrue);
      value(node.whenFalse);
    }
    if (ts.isBinaryExpression(node) && JOINS.has(node.operatorToken.kind)) {
      value(node.left);
      value(node.right);
    }
  }
  const [statement] = ts.createSourceFile("x.ts", `(${code})`, ts.ScriptTarget.Latest, true).statements;
  if (statement && ts.isExpressionStatement(statement)) value(statement.expression);
  return shown;
}

const JOINS = new Set([
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
]);

function literalOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.head.text : null;
}

/** The message of an error is for the log; a type's literal is a name. */
function isForProgrammers(node: ts.Node): boolean {
  if (ts.isLiteralTypeNode(node.parent)) return true;
  for (let at = node.parent; at; at = at.parent) {
    if (ts.isNewExpression(at) && at.expression.getText().endsWith("Error")) return true;
    if (ts.isCallExpression(at) && at.expression.kind === ts.SyntaxKind.SuperKeyword) return true;
  }
  return false;
}

function plain(content: string | TemplateNode | undefined): string {
  return typeof content === "string" ? content : plain(content?.content ?? "");
}
