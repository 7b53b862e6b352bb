import { aimMet, ratioTo } from "../figures.ts";
import type { Aim, Figure } from "../figures.ts";
import { percent, shown } from "./numbers.ts";

/** A run: its figures, with what is needed to believe them. */
export interface Report {
  /** ISO time of the start. */
  at: string;
  command: string;
  machine: string;
  stack: string;
  durability: string;
  /** CPU that other programs used meanwhile, as a share of the machine: on average, and at worst in one setting. */
  elsewhere: { mean: number; worst: number };
  seconds: number;
  figures: Figure[];
}

const HEAD = `| setting | measure | unit | product | relay | × | persisting | × | aim |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |`;

/** The report as a page: a table for each scenario. */
export function markdown(report: Report): string {
  const { at, command, machine, stack, durability, elsewhere, seconds } = report;
  const about = [
    `# Load, ${at}`,
    `\`${command}\``,
    [
      `- ${machine}`,
      `- ${stack}; ${durability}`,
      `- other programs used ${percent(elsewhere.mean)} of the machine meanwhile, at worst ${percent(elsewhere.worst)}`,
      `- took ${Math.round(seconds)} s; × is how many times the floor the product is`,
    ].join("\n"),
    "![chart](load.svg)",
  ];
  const tables = [...Map.groupBy(report.figures, ({ scenario }) => scenario)].map(
    ([scenario, figures]) => `## ${scenario}\n\n${table(figures)}`,
  );
  return `${[...about, ...tables].join("\n\n")}\n`;
}

export function table(figures: Figure[]): string {
  return [HEAD, ...figures.map(row)].join("\n");
}

function row(figure: Figure): string {
  const { setting, measure, unit, values } = figure;
  const cells = [
    setting,
    measure,
    unit,
    shown(values.product),
    shown(values.relay),
    shown(ratioTo("relay", figure)),
    shown(values.persisting),
    shown(ratioTo("persisting", figure)),
    aimText(figure),
  ];
  return `| ${cells.join(" | ")} |`;
}

function aimText(figure: Figure): string {
  const words = [
    ...(figure.aim === undefined ? [] : [bound(figure.aim)]),
    ...(figure.aimRatio === undefined ? [] : [`${bound(figure.aimRatio)} × persisting`]),
  ];
  if (words.length === 0) return "";
  const met = aimMet(figure);
  return `${met === null ? "" : met ? "✓ " : "✗ "}${words.join(", ")}`;
}

function bound(aim: Aim): string {
  return "atMost" in aim ? `≤ ${shown(aim.atMost)}` : `≥ ${shown(aim.atLeast)}`;
}
