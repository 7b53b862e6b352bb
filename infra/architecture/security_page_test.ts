/** `.github/SECURITY.md` names the test of each claim. Here it is held to that: files exist, and no claim is without a test. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");
const PAGE = ".github/SECURITY.md";
const TEST_FILE = /(_test|\.e2e|\.attack)\.ts$/;
const IN_CODE = /`([^`]+)`/g;
/** A claim without one says so. */
const NOT_DEFENDED = "not defended";

const text = await Bun.file(join(ROOT, PAGE)).text();

/** What is named in backticks and lies in a folder of ours. */
function pathsIn(part: string): string[] {
  const named = [...part.matchAll(IN_CODE)].map(([, code = ""]) => code);
  return named.filter((code) => /^(server|pwa|e2e|infra|\.github)\//.test(code));
}

/** The rows of each table whose last column says what holds them. */
function claims(): { claim: string; heldBy: string }[] {
  const rows: { claim: string; heldBy: string }[] = [];
  let holds = false;
  for (const line of text.split("\n")) {
    if (!line.startsWith("|")) holds = false;
    else {
      const cells = line.split("|").slice(1, -1);
      const [claim = "", heldBy = ""] = [cells[0]?.trim(), cells.at(-1)?.trim()];
      if (heldBy === "held by") holds = true;
      else if (holds && !/^-+$/.test(heldBy)) rows.push({ claim, heldBy });
    }
  }
  return rows;
}

test("every file that it names exists", () => {
  const paths = pathsIn(text);
  expect(paths.length).toBeGreaterThan(100);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("every test is named by its whole path", () => {
  const named = [...text.matchAll(IN_CODE)].map(([, code = ""]) => code);
  const paths = new Set(pathsIn(text));
  expect(named.filter((code) => TEST_FILE.test(code) && !paths.has(code))).toEqual([]);
});

describe("every claim", () => {
  test("names a test, or says that it is not defended", () => {
    const all = claims();
    expect(all.length).toBeGreaterThan(40);
    const bare = all.filter(
      ({ heldBy }) => heldBy !== NOT_DEFENDED && !pathsIn(heldBy).some((path) => TEST_FILE.test(path)),
    );
    expect(bare.map(({ claim }) => claim)).toEqual([]);
  });

  test("of the checked list is met with a reason, not met with one, or about nothing that is here", () => {
    const lines = text.split("\n").filter((line) => line.startsWith("- ["));
    expect(lines.length).toBeGreaterThan(50);
    const odd = lines.filter((line) => !/^- \[[x -]\] \d+\.\d+\.\d+[\d., -]* (\(level 3\) )?\S/.test(line));
    expect(odd).toEqual([]);
  });
});
