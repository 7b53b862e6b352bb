/** How much waits in `bus_outbox`: committed, not yet on the bus. */
import type { Sql } from "postgres";
import type { EpochMs } from "#protocol/ids.ts";

/** `oldestAt` is null when nothing waits. What `leaveForSweep` left has no age. */
export async function readOutbox(db: Sql): Promise<{ rows: number; oldestAt: EpochMs | null }> {
  const [row] = await db<{ rows: number; oldestAt: EpochMs | null }[]>`
    select count(*) as rows, min(created_at) filter (where created_at > 'epoch') as "oldestAt" from bus_outbox`;
  return row ?? { rows: 0, oldestAt: null };
}
