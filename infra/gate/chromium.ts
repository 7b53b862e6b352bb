import { Missing } from "./missing.ts";

export const CHROMIUM_PACKAGES = ["chromium"];

/** Names that Chromium and its brothers go by, and where macOS keeps them. */
const PROGRAMS = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Path of an installed Chromium; null when there is none. */
export function chromiumProgram(): string | null {
  for (const program of PROGRAMS) {
    const path = Bun.which(program);
    if (path !== null) return path;
  }
  return null;
}

/** Path of an installed Chromium. */
export function findChromium(): string {
  const path = chromiumProgram();
  if (path !== null) return path;
  throw new Missing(
    "There is no Chromium: install it (Debian: apt-get install chromium), or name one in CHROMIUM by its path.",
  );
}
