/** For tests only: holds PromQL against the metrics of a running instance. */
import { parser } from "@prometheus-io/lezer-promql";
import type { SyntaxNode } from "@lezer/common";
import { readSamples } from "../status/exposition.ts";

/** What is known of one series name: whether it only grows, and the values of its labels. */
export interface Series {
  counts: boolean;
  labels: Map<string, Set<string>>;
}

/** Labels that Prometheus and Kubernetes add at a scrape. */
const ADDED_LABELS = new Set(["instance", "job", "namespace", "pod", "name"]);
const OVER_TIME = new Set(["rate", "increase", "irate"]);

/** The series of a scrape, by name. */
export function readSeries(text: string): Map<string, Series> {
  const types = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type]) => [name, type]),
  );
  const series = new Map<string, Series>();
  for (const [name, type] of types) {
    const names = type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => name + end) : [name];
    for (const each of names) series.set(each, { counts: type !== "gauge", labels: new Map() });
  }
  for (const { name, labels } of readSamples(text)) {
    const own = series.get(name);
    if (own === undefined) throw new Error(`${name} has no type`);
    for (const [label, value] of Object.entries(labels)) {
      own.labels.set(label, (own.labels.get(label) ?? new Set()).add(value));
    }
  }
  return series;
}

/** What is wrong with a query, a sentence each: syntax, names and labels that do not exist, counters read as gauges. */
export function faultsOf(query: string, known: ReadonlyMap<string, Series>): string[] {
  const faults: string[] = [];
  const textOf = ({ from, to }: { from: number; to: number }) => query.slice(from, to);
  parser.parse(query).iterate({
    enter({ node, type }) {
      if (type.isError) faults.push(`does not parse at ${node.from}: ${query}`);
      if (node.name === "VectorSelector") faults.push(...selectorFaults(node));
      if (node.name === "FunctionCall" && nameOfCall(node) === "histogram_quantile") {
        if (!/_bucket\b/.test(textOf(node)) || !/\ble\b/.test(textOf(node))) {
          faults.push(`histogram_quantile wants buckets by le: ${query}`);
        }
      }
    },
  });
  return faults;

  function selectorFaults(node: SyntaxNode): string[] {
    const name = textOf(node.getChild("Identifier") ?? node);
    const series = known.get(name);
    if (series === undefined) return [`there is no ${name}: ${query}`];
    const overTime = OVER_TIME.has(nameOfCall(enclosing(node, "FunctionCall")));
    const unfit =
      series.counts === overTime ? [] : [`${name} is ${series.counts ? "" : "not "}a counter: ${query}`];
    return [...unfit, ...matcherFaults(node, { name, series }), ...groupingFaults(node, { name, series })];
  }

  function matcherFaults(node: SyntaxNode, { name, series }: { name: string; series: Series }): string[] {
    const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
    return matchers.flatMap((matcher) => {
      const [label = "", , value = ""] =
        /^\s*(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(textOf(matcher))?.slice(1) ?? [];
      if (ADDED_LABELS.has(label)) return [];
      return series.labels.get(label)?.has(value) ? [] : [`${name} has no ${label} "${value}": ${query}`];
    });
  }

  /** Every grouping around a selector names labels that it has. */
  function groupingFaults(node: SyntaxNode, { name, series }: { name: string; series: Series }): string[] {
    const faults: string[] = [];
    for (let around = node.parent; around !== null; around = around.parent) {
      if (around.name !== "AggregateExpr") continue;
      const labels =
        around.getChild("AggregateModifier")?.getChild("GroupingLabels")?.getChildren("LabelName") ?? [];
      for (const label of labels.map(textOf)) {
        if (ADDED_LABELS.has(label) || series.labels.has(label)) continue;
        faults.push(`${name} has no label ${label}: ${query}`);
      }
    }
    return faults;
  }

  function nameOfCall(call: SyntaxNode | null): string {
    const name = call?.getChild("FunctionIdentifier");
    return name ? textOf(name) : "";
  }
}

/** The names that a query selects. */
export function namesIn(query: string): string[] {
  const names: string[] = [];
  parser.parse(query).iterate({
    enter({ node }) {
      if (node.name !== "VectorSelector") return;
      const name = node.getChild("Identifier") ?? node;
      names.push(query.slice(name.from, name.to));
    },
  });
  return names;
}

function enclosing(node: SyntaxNode, name: string): SyntaxNode | null {
  for (let around = node.parent; around !== null; around = around.parent) {
    if (around.name === name) return around;
  }
  return null;
}
