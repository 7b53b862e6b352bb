/** The chart of a report as an SVG: the slowest hundredth, and what fits into a second. Bars on a logarithmic scale. */
import type { Figure, Ground } from "../figures.ts";
import { shown } from "./numbers.ts";

const GROUNDS: readonly Ground[] = ["product", "persisting", "relay"];
const COLOURS: Record<Ground, string> = { product: "#2563a8", persisting: "#8a9bb0", relay: "#c3ccd6" };
const WIDTH = 920;
const LABEL_WIDTH = 330;
const VALUE_WIDTH = 80;
const BAR_HEIGHT = 13;
const GAP = 12;
const TITLE_HEIGHT = 34;
const LEGEND_HEIGHT = 28;

interface Panel {
  title: string;
  figures: Figure[];
}

export function chart(figures: Figure[]): string {
  const panels: Panel[] = [
    { title: "Slowest hundredth, ms (logarithmic)", figures: figures.filter(isP99) },
    {
      title: "Messages a second (logarithmic)",
      figures: figures.filter(({ unit }) => unit === "messages/s"),
    },
  ].filter((panel) => panel.figures.length > 0);
  let y = LEGEND_HEIGHT;
  const parts: string[] = [legend()];
  for (const panel of panels) {
    const drawn = drawPanel(panel, y);
    parts.push(drawn.svg);
    y = drawn.end;
  }
  const font = 'font-family="system-ui, sans-serif" font-size="12"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" ${font}>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}

function isP99({ unit, measure }: Figure): boolean {
  return unit === "ms" && measure.endsWith("p99") && !measure.startsWith("clients");
}

function legend(): string {
  return GROUNDS.map((ground, index) => {
    const x = GAP + index * 110;
    return `<rect x="${x}" y="8" width="12" height="12" fill="${COLOURS[ground]}"/><text x="${x + 18}" y="18">${ground}</text>`;
  }).join("\n");
}

function drawPanel({ title, figures }: Panel, top: number): { svg: string; end: number } {
  const scale = logScale(figures.flatMap(({ values }) => GROUNDS.map((ground) => values[ground])));
  const parts = [`<text x="${GAP}" y="${top + 22}" font-weight="600" font-size="14">${escape(title)}</text>`];
  let y = top + TITLE_HEIGHT;
  for (const { scenario, setting, measure, values } of figures) {
    const bars = GROUNDS.flatMap((ground) => {
      const value = values[ground];
      return value === null || !(value > 0) ? [] : [{ ground, value }];
    });
    parts.push(`<text x="${GAP}" y="${y + 11}">${escape(`${scenario}: ${setting}`)}</text>`);
    parts.push(`<text x="${GAP}" y="${y + 25}" fill="#666">${escape(measure)}</text>`);
    for (const [index, { ground, value }] of bars.entries()) {
      const [at, width] = [y + index * BAR_HEIGHT, scale(value)];
      parts.push(
        `<rect x="${LABEL_WIDTH}" y="${at}" width="${width}" height="${BAR_HEIGHT - 2}" fill="${COLOURS[ground]}"/>`,
        `<text x="${LABEL_WIDTH + width + 5}" y="${at + 10}" font-size="11">${shown(value)}</text>`,
      );
    }
    y += Math.max(2, bars.length) * BAR_HEIGHT + GAP;
  }
  return { svg: parts.join("\n"), end: y + GAP };
}

/** From a value to the length of its bar; the smallest value still has one. */
function logScale(values: (number | null)[]): (value: number) => number {
  const logs = values.flatMap((value) => (value !== null && value > 0 ? [Math.log10(value)] : []));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.max(...logs)];
  const room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
  return (value) => Math.max(2, Math.round(((Math.log10(value) - low) / Math.max(high - low, 1)) * room));
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
