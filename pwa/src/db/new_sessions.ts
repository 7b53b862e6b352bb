/**
 * What this device tells its person about sessions that began elsewhere, until they have looked. Its own session is no news, nor
 * is one that began before it. What was dismissed is remembered as long as it could come again.
 */
import type { NewSession } from "#protocol/frames.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk, Reading, Writing } from "./open.ts";
import type { DeviceRow, NewsRow } from "./schema.ts";

/** What the person has not looked at, oldest first. */
export async function readNewSessions(tx: Reading): Promise<NewSession[]> {
  return shown(await rowOf(tx));
}

/** Notes what the server told, again or for the first time. `afresh`: the device begins, so all of it is known. */
export async function noteNewSessions(
  tx: Writing,
  sessions: readonly NewSession[],
  { device, afresh = false }: { device: DeviceRow; afresh?: boolean },
): Promise<NewSession[]> {
  const row = await rowOf(tx);
  const own = sessions.find(({ id }) => id === device.me.session);
  const startedAt = Math.max(own?.at ?? 0, row.startedAt);
  const known = new Set(row.sessions.map(({ id }) => id));
  for (const session of sessions) {
    const isNews = !afresh && session.at > startedAt && session.id !== device.me.session;
    if (!known.has(session.id)) row.sessions.push({ ...session, seen: !isNews });
  }
  const next: NewsRow = { ...row, startedAt };
  await tx.objectStore("meta").put(next);
  return shown(next);
}

/** The person has looked at them. */
export function dismissNewSessions(owner: { disk: Disk; user: UserId }): Promise<void> {
  return writeAs(owner, async (tx) => {
    const row = await rowOf(tx);
    await tx
      .objectStore("meta")
      .put({ ...row, sessions: row.sessions.map((one) => ({ ...one, seen: true })) });
  });
}

/** Forgets those that began before this moment. */
export async function purgeNewSessions(tx: Writing, before: EpochMs): Promise<void> {
  const row = await rowOf(tx);
  const sessions = row.sessions.filter(({ at }) => at >= before);
  if (sessions.length < row.sessions.length) await tx.objectStore("meta").put({ ...row, sessions });
}

async function rowOf(tx: Reading): Promise<NewsRow> {
  const row = await tx.objectStore("meta").get("news");
  return row?.only === "news" ? row : { only: "news", startedAt: 0, sessions: [] };
}

function shown({ sessions }: NewsRow): NewSession[] {
  const unseen = sessions.filter(({ seen }) => !seen).toSorted((a, b) => a.at - b.at);
  return unseen.map(({ id, device, at }) => ({ id, device, at }));
}
