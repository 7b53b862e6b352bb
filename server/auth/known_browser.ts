/**
 * A browser in which somebody signed in keeps a proof of it, for that number. Whoever asks for codes with it is counted apart
 * from everybody else: strangers who use up what a number is allowed keep nobody out of a browser that they used before. The
 * proof opens nothing; it names the browser by a random id, and only the keys can have made it.
 */
import { randomBytes } from "node:crypto";
import type { Keys } from "./keys.ts";
import { same } from "./same.ts";

const ID_BYTES = 16;

export interface KnownBrowsers {
  /** The proof for the browser in which somebody has just signed in as `phone`. */
  prove(phone: string): string;
  /** Id of the browser that shows `proof`; null when that is no proof for `phone`. */
  idOf(phone: string, proof: string | null): string | null;
}

export function createKnownBrowsers({ keys }: { keys: Keys }): KnownBrowsers {
  return {
    prove(phone) {
      const id = randomBytes(ID_BYTES).toString("base64url");
      return `${id}.${keys.blindIndex("browser", claimOf(id, phone)).toString("base64url")}`;
    },
    idOf(phone, proof) {
      const [id = "", mac = ""] = proof?.split(".", 2) ?? [];
      // Under every key: a proof outlives the change of one.
      const made = keys.blindIndexes("browser", claimOf(id, phone));
      return made.some((one) => same(mac, one.toString("base64url"))) ? id : null;
    },
  };
}

function claimOf(id: string, phone: string): string {
  return `${id} ${phone}`;
}
