/** The browsers of the scenarios, where a machine has them. */
import { Missing } from "./missing.ts";

export interface Browser {
  /** Debian's. */
  packages: string[];
  /** Path of an installed one; null when there is none. */
  program(): string | null;
  /** Path of an installed one. */
  find(): string;
}

export const chromium = browser({
  packages: ["chromium"],
  // Names that it and its brothers go by, and where macOS keeps them.
  programs: [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
  missing:
    "There is no Chromium: install it (Debian: apt-get install chromium), or name one in CHROMIUM by its path.",
});

/**
 * Chromium without windows: the same engine, for two thirds of the work. Where there is none the whole browser does as well, only
 * slower.
 */
export const headlessShell: Browser = {
  packages: ["chromium-headless-shell"],
  program: () => firstOf(["chromium-headless-shell", "chrome-headless-shell"]),
  find: () => headlessShell.program() ?? chromium.find(),
};

export const firefox = browser({
  packages: ["firefox-esr"],
  programs: ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
  missing:
    "There is no Firefox: install it (Debian: apt-get install firefox-esr), or name one in FIREFOX by its path.",
});

interface BrowserOptions {
  packages: string[];
  programs: string[];
  /** What to do when there is none. */
  missing: string;
}

function browser({ packages, programs, missing }: BrowserOptions): Browser {
  function find(): string {
    const path = firstOf(programs);
    if (path === null) throw new Missing(missing);
    return path;
  }

  return { packages, program: () => firstOf(programs), find };
}

function firstOf(programs: string[]): string | null {
  for (const name of programs) {
    const path = Bun.which(name);
    if (path !== null) return path;
  }
  return null;
}
