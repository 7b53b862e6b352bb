/**
 * Empties the outbox by the second door, HTTP. The service worker does this when the browser says that the network is back,
 * whether a page is open or not. It keeps all that tabs keep: one at a time with them, each conversation in its order, the
 * same cid, nothing that was taken back or has to be asked about, and below the server's pace.
 */
import type { RefusedCode } from "#protocol/codes.ts";
import type { UserId } from "#protocol/ids.ts";
import { SEND_BURST, SENDS_PER_SECOND } from "#protocol/limits.ts";
import { applyAck, applyRevised } from "../db/apply.ts";
import { readDevice } from "../db/device.ts";
import type { Applied } from "../db/ledger.ts";
import type { Disk } from "../db/open.ts";
import type { UnsentRow } from "../db/schema.ts";
import { isHeld, keepRefused, keepSaid, unsentRows } from "../db/unsent.ts";
import { ApiProblem } from "./api.ts";
import type { Api } from "./api.ts";
import { commandOf } from "./commands.ts";
import { createCredits } from "./credits.ts";
import { isRefusal, passes } from "./refusals.ts";
import type { Time } from "./time.ts";

/** Times that a message which the server cannot take just now is tried; then the browser tries it all later. */
const TRIES = 4;
/** Wait after a refusal that names none. */
const AGAIN_MS = 2_000;

export interface FlushEdges {
  disk: Disk;
  api: Pick<Api, "me" | "send" | "revise">;
  time: Time;
  /** Runs `body` when no tab is sending, or does not let go. */
  exclusively(body: () => Promise<void>): Promise<void>;
  /** A message is on the server, and stored here as one: the tabs show it. */
  sent(applied: Applied): void;
  /** The rows on disk are others now. */
  changed(): void;
}

/** Resolves when nothing is left to send. Rejects with `ApiProblem` when there is, and the server cannot take it now. */
export async function flushOutbox({
  disk,
  api,
  time,
  exclusively,
  sent,
  changed,
}: FlushEdges): Promise<void> {
  const credits = createCredits({ burst: SEND_BURST, perSecond: SENDS_PER_SECOND });

  async function flush(): Promise<void> {
    const device = await readDevice(disk);
    if (!device) return;
    // Another session's cookie would send these words in another person's name.
    const me = await api.me();
    if (me.session !== device.me.session) return;
    for (const row of await disk.read(unsentRows)) {
      if (row.refused === null && !isHeld(row, time.now())) await deliver(row, me.id);
    }
  }

  async function deliver(row: UnsentRow, user: UserId): Promise<void> {
    const owner = { disk, user };
    const here = await keepSaid(owner, { cid: row.cid, now: time.now() });
    if (!here) return;
    const code = await refusalOf(() => send(row, owner));
    if (code === null) return;
    await keepRefused(owner, { cid: row.cid, code });
    changed();
  }

  async function send(row: UnsentRow, owner: { disk: Disk; user: UserId }): Promise<void> {
    for (let waitMs = credits.take(time.now()); waitMs > 0; waitMs = credits.take(time.now())) {
      await pause(time, waitMs);
    }
    const command = commandOf(row);
    if (command.type === "message.send") {
      const { type: _, ...message } = command;
      sent(await applyAck(owner, { type: "ack", ...(await api.send(message)) }));
    } else sent(await applyRevised(owner, { type: "revised", ...(await api.revise(command)) }));
  }

  /** Null once it is sent, or the code of a refusal for good. */
  async function refusalOf(attempt: () => Promise<void>): Promise<RefusedCode | null> {
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        await attempt();
        return null;
      } catch (error) {
        if (!(error instanceof ApiProblem) || !isRefusal(error.code)) throw error;
        if (!passes(error.code)) return error.code;
        if (left === 0) throw error;
        await pause(time, error.retryAfterMs ?? AGAIN_MS);
      }
    }
  }

  await exclusively(flush);
}

function pause(time: Time, forMs: number): Promise<void> {
  return new Promise((resolve) => void time.after(forMs, resolve));
}
