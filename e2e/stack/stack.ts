import type { Place } from "../leaks/leaks.ts";

/** What runs while the scenarios do: started once by `setup.ts`, told to the workers through the environment. */
export interface Stack {
  /** Where people find the product. With several, people are spread over them. */
  origins: string[];
  /** Answers caught mails as JSON, newest first. */
  mailbox: string;
  /** Environment under which the administrator's program reaches the same data. */
  adminEnv: Record<string, string>;
  /** Where a push service of the test's may listen, and by which name the product finds it there. */
  push: PushPlace;
  /** The administrator's program, where it is not run from these sources. */
  adminCommand?: string[];
}

export interface PushPlace {
  name: string;
  port: number;
}

/** A stack and its end. */
export interface RunningStack extends Stack {
  /** Where something personal could lie in clear, for looking through before the end. */
  places(): Place[];
  stop(): Promise<void>;
}

const VARIABLE = "RUNNING_STACK";

export function tellWorkers({ origins, mailbox, adminEnv, push, adminCommand }: Stack): void {
  process.env[VARIABLE] = JSON.stringify({ origins, mailbox, adminEnv, push, adminCommand });
}

/** The stack that this worker's tests use. */
export function currentStack(): Stack {
  const told = process.env[VARIABLE];
  if (told === undefined) throw new Error("no stack runs: start the scenarios with `bun run e2e`");
  return JSON.parse(told);
}
