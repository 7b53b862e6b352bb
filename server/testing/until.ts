const LOOK_AGAIN_MS = 5;
const GIVE_UP_MS = 30_000;

/** Resolves when `condition` holds, for states that nothing announces. Rejects when it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (!(await condition())) {
    if (Date.now() > giveUpAt)
      throw new Error(`waited ${GIVE_UP_MS} ms in vain until ${condition.toString()}`);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
