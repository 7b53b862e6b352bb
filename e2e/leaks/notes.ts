/** What the workers of a run put down for its end: what is personal in it, and what browsers heard. One JSON value a line. */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const VARIABLE = "RUN_NOTES";
const FOLDER = resolve(import.meta.dirname, "../../.cache/e2e");

/** Something that belongs to a person and must not be found again in clear. */
export interface Secret {
  kind: "number" | "address" | "code";
  value: string;
}

const SECRETS = "secrets";
const ANSWERS = "answers";

/** Before any worker: empty notes for the stack of that name. */
export function openNotes(stack: string): void {
  const folder = join(FOLDER, `notes-${stack}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of [SECRETS, ANSWERS]) writeFileSync(join(folder, name), "");
  process.env[VARIABLE] = folder;
}

export const noteSecret = (secret: Secret): void => note(SECRETS, secret);
/** An answer that refused something, as the browser got it. */
export const noteAnswer = (answer: { address: string; status: number; text: string }): void =>
  note(ANSWERS, answer);

export function readSecrets(): Secret[] {
  return readFileSync(pathOf(SECRETS), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Secret);
}

/** Where the answers are. */
export const answersFile = (): string => pathOf(ANSWERS);

function note(name: string, value: object): void {
  appendFileSync(pathOf(name), `${JSON.stringify(value)}\n`);
}

function pathOf(name: string): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error("no notes are kept: start the scenarios with `bun run e2e`");
  return join(folder, name);
}
