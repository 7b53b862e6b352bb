/** Searching: at once on the device, and on the server as soon as the person pauses. Both look for the same (text/fold.ts). */
import type { Message } from "#protocol/frames.ts";
import type { EpochMs } from "#protocol/ids.ts";
import { SEARCH_MAX_CHARS } from "#protocol/limits.ts";
import type { Disk } from "../db/open.ts";
import { searchDevice } from "../db/search.ts";
import { ApiProblem } from "./api.ts";
import type { Api } from "./api.ts";
import type { Time } from "./time.ts";

/** The server is asked once nothing was typed for this long. */
const PAUSE_MS = 250;

export interface Found {
  /** Newest first, each once. */
  messages: readonly Message[];
  /** Who has answered by now: only the device, the device while the server cannot be asked, or both. */
  from: "device" | "deviceAlone" | "everywhere";
}

/** Tells what was found for `text`, as often as there is more. The answer stops it. */
export type Search = (text: string, tell: (found: Found) => void) => () => void;

export interface SearchEdges {
  disk: Disk;
  api: Pick<Api, "search">;
  time: Time;
  now: () => EpochMs;
  failed(error: unknown): void;
}

export function createSearch({ disk, api, time, now, failed }: SearchEdges): Search {
  return (typed, tell) => {
    const text = typed.slice(0, SEARCH_MAX_CHARS);
    let over = false;
    let held: Message[] = [];
    let told: Message[] = [];
    let from: Found["from"] = "device";

    function say(): void {
      if (!over) tell({ messages: merge(held, told), from });
    }

    async function askDevice(): Promise<void> {
      held = await searchDevice(disk, { text, now: now(), over: () => over });
      say();
    }

    async function askServer(): Promise<void> {
      try {
        told = (await api.search({ text })).found;
        from = "everywhere";
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        from = "deviceAlone";
      }
      say();
    }

    askDevice().catch(failed);
    const cancel = time.after(PAUSE_MS, () => void askServer().catch(failed));
    return () => {
      over = true;
      cancel();
    };
  };
}

/** What both have found, once: the server's word on it counts. */
function merge(held: readonly Message[], told: readonly Message[]): Message[] {
  const all = new Map([...held, ...told].map((message) => [message.cid + message.from, message]));
  return [...all.values()].toSorted((a, b) => b.sentAt - a.sentAt || b.seq - a.seq);
}
