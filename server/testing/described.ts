/** For tests only: asks an operation of the HTTP door, and holds the answer to its description. */
import type { Operation } from "./api.ts";
import { faultsOf } from "./json_schema.ts";

/** For a busy machine; an answer that takes as long hangs. */
const ANSWER_WITHIN_MS = 30_000;

export interface Asked {
  address: string;
  /** As it is sent; null: nothing. */
  body: string | null;
  cookie: string;
}

export interface Answered {
  status: number;
  /** Null when there is none. */
  json: unknown;
  setCookies: string[];
  /** What is wrong with it, a sentence each; nothing when it is one that the description names. */
  faults: string[];
}

/** Asks the instance at `url` as a page of its own does. */
export async function askDescribed(
  url: string,
  { method, answers, refusal }: Operation,
  { address, body, cookie }: Asked,
): Promise<Answered> {
  const response = await fetch(url + address, {
    method,
    headers: { origin: url, cookie, "content-type": "application/json" },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body !== null && method !== "GET" && { body }),
  });
  const [status, text] = [response.status, await response.text()];
  const answered = (faults: string[], json: unknown = null): Answered => ({
    status,
    json,
    setCookies: response.headers.getSetCookie(),
    faults,
  });
  const described = answers.get(String(status));
  if (described === null) return answered(text === "" ? [] : [`${status} has a body: ${text}`]);
  if (status >= 500) return answered([`${status}: ${text}`]);
  if (described === undefined && status < 400) return answered([`${status} is not described`]);
  const type = response.headers.get("content-type") ?? "none";
  if (!type.startsWith("application/json")) return answered([`${status} is of type ${type}: ${text}`]);
  const json: unknown = JSON.parse(text);
  const faults = faultsOf(json, described ?? refusal);
  return answered(
    faults.map((fault) => `${status}: ${fault} in ${text}`),
    json,
  );
}
