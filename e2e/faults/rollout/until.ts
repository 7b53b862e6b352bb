const LOOK_AGAIN_MS = 20;
const GIVE_UP_MS = 60_000;

/** Resolves when `condition` holds; rejects, naming it, when it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`in vain: ${condition.toString()}`);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
