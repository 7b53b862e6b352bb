/** Bugs that the rig must find. Each is one exact change of a file of the product, made while the file is read, never on disk. */
export interface Plant {
  name: string;
  /** From the top folder. */
  file: string;
  was: string;
  becomes: string;
  /** Kinds of faults that bring it to light. */
  kinds: string[];
  /** What catches it: the rule and the detail of one breach must fit. */
  caughtBy: RegExp;
}

export const PLANTS: readonly Plant[] = [
  {
    name: "ack-before-commit",
    file: "server/messages/writer.ts",
    was: "    const known = recalled && ((await storeKnown(changes, recalled)) ?? (await catchUp(changes, recalled)));\n",
    becomes: `    const known = await new Promise((resolve, reject) => {
      db.begin(async (tx) => {
        resolve(await readAndStore(tx, changes));
        await Bun.sleep(300);
      }).catch(reject);
    });
`,
    kinds: ["postgres killed"],
    caughtBy: /what was acked is stored|ack tells the truth/,
  },
  {
    name: "dedupe-off",
    file: "server/messages/decide.ts",
    was: "  const earlier = facts.earlier.get(key);\n",
    becomes: "  const earlier = undefined;\n",
    kinds: ["outbox flushed by two tabs at once"],
    caughtBy: /a message is stored once|same cid gets the same answer/,
  },
  {
    name: "cursor-skipped",
    file: "server/inbox/append.ts",
    was: "    head.head += 1;\n",
    becomes: "    head.head += head.head % 10 === 9 ? 2 : 1;\n",
    kinds: ["connections cut"],
    caughtBy: /cursor is dense/,
  },
  {
    name: "outbox-row-deleted-early",
    file: "pwa/src/net/sender.ts",
    was: "    if (!this.#edges.say(commandOf(row))) return false;\n",
    becomes: `    if (!this.#edges.say(commandOf(row))) return false;
    void this.#edges.outbox.discard(cid);
`,
    kinds: ["postgres killed", "connections half open"],
    caughtBy: /what was written is stored/,
  },
  {
    name: "no-sweep",
    file: "server/inbox/publisher.ts",
    was: "    start: () => void (timer = setTimeout(sweepAgain, SWEEP_EVERY_MS)),\n",
    becomes: "    start: () => {},\n",
    kinds: ["crash between commit and publish"],
    caughtBy: /everything is at rest.*bus_outbox has/,
  },
];

export function plantNamed(name: string): Plant {
  const plant = PLANTS.find((candidate) => candidate.name === name);
  if (plant) return plant;
  throw new Error(`there is no plant ${name}; there are: ${PLANTS.map(({ name }) => name).join(", ")}`);
}
