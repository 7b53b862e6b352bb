/** A run that did what it must not do fails at its end: each of it is done here, on a real stack. */
import { afterEach, describe, expect, test } from "bun:test";
import { noteSecret } from "./leaks/notes.ts";
import { trapUrl } from "./leaks/trap.ts";
import setup from "./setup.ts";
import { runProgram } from "./stack/program.ts";
import { currentStack } from "./stack/stack.ts";

const PHONE = "+12025550142";
const EMAIL = "alice.0142@example.org";
/** It starts an instance, looks through all that it wrote, and stops it. */
const WITHIN_MS = 60_000;

/** What runs tell their workers stays in the environment otherwise. */
const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});

async function addsPerson(name: string): Promise<void> {
  noteSecret({ kind: "number", value: PHONE });
  noteSecret({ kind: "address", value: EMAIL });
  const args = ["user", "add", "--name", name, "--phone", PHONE, "--email", EMAIL];
  await runProgram(["server/main.ts", "admin", ...args], currentStack().adminEnv);
}

describe("the end of a run", () => {
  test(
    "is a good one when everybody's number and address were sealed, and no other host was asked",
    async () => {
      const end = await setup();
      await addsPerson("Alice");
      await end();
    },
    WITHIN_MS,
  );

  test(
    "tells of a number that lies in the database in clear, and of another host",
    async () => {
      const end = await setup();
      // As a name, it is stored like any name.
      await addsPerson(PHONE);
      await fetch("http://elsewhere.example/", { proxy: trapUrl() ?? "" });
      const failure = await end().then(String, String);
      expect(failure).toContain("a number in file");
      expect(failure).toContain("asked other hosts: elsewhere.example");
      expect(failure).not.toContain("2025550142");
      expect(
        await fetch(currentStack().origins[0] ?? "").then(
          () => "answers",
          () => "is gone",
        ),
      ).toBe("is gone");
    },
    WITHIN_MS,
  );
});
