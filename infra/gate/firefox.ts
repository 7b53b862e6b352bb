import { Missing } from "./missing.ts";

export const FIREFOX_PACKAGES = ["firefox-esr"];

/** Names that Firefox goes by, and where macOS keeps it. */
const PROGRAMS = ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/** Path of an installed Firefox; null when there is none. */
export function firefoxProgram(): string | null {
  for (const program of PROGRAMS) {
    const path = Bun.which(program);
    if (path !== null) return path;
  }
  return null;
}

/** Path of an installed Firefox. */
export function findFirefox(): string {
  const path = firefoxProgram();
  if (path !== null) return path;
  throw new Missing(
    "There is no Firefox: install it (Debian: apt-get install firefox-esr), or name one in FIREFOX by its path.",
  );
}
