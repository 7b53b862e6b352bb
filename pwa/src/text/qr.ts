/** QR codes as one path of an SVG. What works out the squares is loaded when the first one is wanted. */

/** Modules of light that scanners want around it. */
const BORDER = 4;

export interface QrDrawing {
  /** Length of a side, the border included, in modules. */
  side: number;
  /** One unit square for each dark run, in modules. */
  path: string;
}

export async function drawQr(text: string): Promise<QrDrawing> {
  const { encodeQR } = await import("qr");
  const rows = encodeQR(text, "raw", { ecc: "medium", border: BORDER });
  return { side: rows.length, path: rows.map(pathOfRow).join("") };
}

/** Dark modules that lie side by side are one rectangle. */
function pathOfRow(row: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < row.length; x++) {
    if (!row[x]) continue;
    const from = x;
    while (row[x + 1]) x += 1;
    const width = x + 1 - from;
    path += `M${from} ${y}h${width}v1h-${width}z`;
  }
  return path;
}
