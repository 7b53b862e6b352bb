/**
 * What a person asks for over HTTP, by their device's own network: asked until it is answered, however often that takes. So
 * what was done twice, or not at all, shows.
 */
import type { Problem } from "#protocol/http.ts";
import type { Jar } from "./jar.ts";
import type { Witness } from "./witness.ts";

const AGAIN_MS = 500;
const ANSWER_WITHIN_MS = 10_000;
/** Not allowed, not there any more, not any more. Whoever is signed out asks again once they are back. */
const FINAL = new Set([400, 403, 404, 409]);

export interface Errand {
  method: "POST" | "PATCH";
  path: string;
  body: object;
  /** Gets the answer, if it was done. */
  heard?: (answer: unknown) => void;
}

export interface Errands {
  run(errand: Errand): void;
  /** How many are not answered yet. */
  waiting(): number;
  /** Nobody is here any more to ask. */
  giveUp(): void;
}

interface ErrandsEdges {
  jar: Jar;
  /** Where the door is. */
  at: string;
  witness: Witness;
}

export function createErrands({ jar, at, witness }: ErrandsEdges): Errands {
  let waiting = 0;
  let gone = false;

  async function untilAnswered(errand: Errand): Promise<void> {
    while (!gone) {
      // What became of it is not known; the network, or whoever answers, is back sooner or later.
      if (await ask(errand).catch(() => false)) return;
      await Bun.sleep(AGAIN_MS);
    }
  }

  /** Whether there is an answer that stays. */
  async function ask({ method, path, body, heard }: Errand): Promise<boolean> {
    const answer = await jar.fetch(`${at}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.ok) heard?.(await answer.json());
    if (!FINAL.has(answer.status)) return answer.ok;
    const { code } = (await answer.json()) as Problem;
    witness.note(`${method} ${path.split("/").slice(0, 3).join("/")} was refused: ${code}`);
    return true;
  }

  return {
    run(errand) {
      waiting += 1;
      void untilAnswered(errand)
        .catch(witness.hearError)
        .finally(() => (waiting -= 1));
    },
    waiting: () => waiting,
    giveUp: () => void (gone = true),
  };
}
