/** Holds what watches (infra/monitoring) against what is watched. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { faultsOf, namesIn, readSeries } from "../testing/promql.ts";
import type { Series } from "../testing/promql.ts";
import { startStack } from "../testing/stack.ts";
import type { Stack } from "../testing/stack.ts";

const FOLDER = join(import.meta.dirname, "../../infra/monitoring");
/** What others tell that we watch too. */
const CERT_MANAGER = "certmanager_certificate_expiration_timestamp_seconds";

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: { severity?: string };
  annotations?: { summary?: string; description?: string };
}

interface Dashboard {
  templating: { list: { type: string; definition?: string }[] };
  panels: Panel[];
}

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}

let stack: Stack;
let text: string;
let rules: Rule[];
let dashboard: Dashboard;
let known: Map<string, Series>;

beforeAll(async () => {
  stack = await startStack("embedded");
  text = await (await fetch(stack.apps[0]?.metricsUrl ?? "")).text();
  const file = Bun.YAML.parse(await Bun.file(join(FOLDER, "rules.yaml")).text()) as {
    groups: { rules: Rule[] }[];
  };
  rules = file.groups.flatMap((group) => group.rules);
  dashboard = (await Bun.file(join(FOLDER, "dashboard.json")).json()) as Dashboard;
  known = readSeries(text);
  const plain = (): Series => ({ counts: false, labels: new Map() });
  for (const { record } of rules) if (record !== undefined) known.set(record, plain());
  known.set(CERT_MANAGER, plain());
}, 60_000);

afterAll(() => stack.stop(), 30_000);

describe("the metrics of a started instance", () => {
  test("are all named parley_, with a unit or a count, and explained", () => {
    for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      expect(name).toMatch(/^parley_[a-z_]+$/);
      expect(name.endsWith("_total")).toBe(type === "counter");
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, "m"));
    }
  });

  test("are all shown or judged by something", () => {
    const used = new Set([...queriesOfRules(), ...queriesOfDashboard()].flatMap(namesIn));
    const unused = [...text.matchAll(/^# TYPE (\S+) /gm)]
      .map(([, name = ""]) => name)
      .filter((name) => !used.has(name) && !used.has(`${name}_bucket`));
    expect(unused).toEqual([]);
  });
});

describe("the rules", () => {
  test("ask only for what there is, of the right type, with labels that it has", () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(queriesOfRules().flatMap((query) => faultsOf(query, known))).toEqual([]);
  });

  test("say how bad it is and what it means, and each has a name of its own", () => {
    const alerts = rules.filter((rule) => rule.alert !== undefined);
    for (const { alert, labels, annotations } of alerts) {
      expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
      expect([alert, annotations?.summary, annotations?.description]).not.toContain(undefined);
    }
    const names = rules.map((rule) => rule.alert ?? rule.record);
    expect(new Set(names).size).toBe(names.length);
  });

  test("record the share that was late for every window that an alert judges", () => {
    const recorded = new Set(rules.flatMap((rule) => rule.record ?? []));
    const judged = rules.flatMap((rule) => (rule.alert === undefined ? [] : namesIn(rule.expr)));
    const late = judged.filter((name) => name.startsWith("parley:"));
    expect(late).toHaveLength(8);
    expect(late.filter((name) => !recorded.has(name))).toEqual([]);
  });
});

describe("the dashboard", () => {
  test("asks only for what there is, of the right type, with labels that it has", () => {
    expect(queriesOfDashboard().length).toBeGreaterThan(30);
    expect(queriesOfDashboard().flatMap((query) => faultsOf(query, known))).toEqual([]);
  });

  test("offers instances by a metric that exists", () => {
    const definition =
      dashboard.templating.list.find((variable) => variable.type === "query")?.definition ?? "";
    const [, name = "", label] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    expect([known.has(name), label]).toEqual([true, "instance"]);
  });

  test("lays its panels side by side, none over another", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length);
  });
});

describe("the check itself", () => {
  test.each([
    ["sum(parley_connections", "does not parse"],
    ["parley_frames", "there is no parley_frames"],
    ["sum(parley_sends_total)", "parley_sends_total is a counter"],
    ["rate(parley_connections[5m])", "parley_connections is not a counter"],
    ['rate(parley_sends_total{result="lost"}[5m])', 'has no result "lost"'],
    ["sum by (user) (rate(parley_sends_total[5m]))", "has no label user"],
    ['rate(parley_delivery_seconds_bucket{le="0.4"}[5m])', 'has no le "0.4"'],
    ["histogram_quantile(0.99, sum(rate(parley_delivery_seconds_bucket[5m])))", "wants buckets by le"],
  ])("finds the fault in %p", (query, fault) => {
    expect(faultsOf(query, known).join("\n")).toContain(fault);
  });
});

function queriesOfRules(): string[] {
  return rules.map((rule) => rule.expr);
}

/** As Grafana asks them. */
function queriesOfDashboard(): string[] {
  return dashboard.panels
    .flatMap((panel) => panel.targets ?? [])
    .map(({ expr }) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"));
}
