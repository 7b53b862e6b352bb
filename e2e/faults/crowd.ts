/** The people of a round, each with a device or two, and what the PWA tells their screens. */
import type { Change } from "../../pwa/src/net/change.ts";
import type { Line } from "../../pwa/src/net/line.ts";
import type { Account, Peer } from "./admin.ts";
import { Device } from "./device.ts";
import type { Durable } from "./durable.ts";
import type { Fleet } from "./fleet.ts";
import { renaming, revising } from "./revise.ts";
import type { Random } from "./random.ts";
import type { Witness, Written } from "./witness.ts";

export interface Person extends Account {
  devices: Device[];
}

export interface Crowd {
  people: Person[];
  devices(): Device[];
  /** Writes and sends a message from one tab of a device. Resolves when the device has it. */
  write(from: Person, options: { device: Device; line: Line; to: Peer; text?: string }): Promise<void>;
  /** Edits, deletes or reacts to one of the newest messages with somebody, or renames them. */
  meddle(options: { device: Device; line: Line; to: Peer }): Promise<void>;
  /** Everybody reads everything that is unread. */
  readAll(): void;
  close(): Promise<void>;
}

export interface CrowdOptions {
  accounts: Account[];
  fleet: Fleet;
  mailbox: string;
  durable: Durable;
  witness: Witness;
  random: Random;
  /** Whether some people have two devices: the second can sign in half a minute after the first. */
  secondDevices: boolean;
}

/** Every so many people have a second device, one whose clock is off, one without Web Locks. */
const SECOND_DEVICE_EVERY = 4;
const WRONG_CLOCK_EVERY = 3;
const NO_LOCKS_EVERY = 2;
const CLOCK_OFF_MS = 60 * 60 * 1_000;
/** How many of the messages that come in are looked at at once. */
const SEEN_SHARE = 0.6;
const SIGN_IN_AT_ONCE = 6;
/** How much of what is not writing is about the contact, not about a message. */
const RENAME_SHARE = 0.1;

export async function gatherCrowd(options: CrowdOptions): Promise<Crowd> {
  const { accounts, fleet, mailbox, durable, witness, random } = options;
  const people: Person[] = accounts.map((account) => ({ ...account, devices: [] }));
  const byId = new Map(people.map((person) => [person.id, person]));
  let count = 0;

  async function addDevice(person: Person): Promise<void> {
    const number = count++;
    const device = await Device.create({
      database: `${person.name}.${person.devices.length}`,
      owner: person,
      clockOffMs: number % WRONG_CLOCK_EVERY === 0 ? CLOCK_OFF_MS * (random.chance(0.5) ? 1 : -1) : 0,
      hasLocks: number % NO_LOCKS_EVERY === 0,
      origin: fleet.origin,
      mailbox,
      route: fleet.route,
      durable,
      witness,
      random: random.branch(`device ${number}`).next,
      heardMark({ conversation, user, mark, seq }) {
        const devices = byId.get(user)?.devices ?? [];
        if (
          devices.length === 0 ||
          devices.some((own) => durable.newestOf(own.database, conversation) >= seq)
        )
          return;
        witness.breach({
          rule: "nothing is said to be delivered that was not durably on a device",
          detail: `${byId.get(user)?.name} is said to have ${mark} ${seq} in ${conversation}`,
        });
      },
      changed: look,
    });
    person.devices.push(device);
    await device.openTab();
    await device.keepSignedIn();
  }

  /** What a person does who sees messages come in: looks at most of them. */
  function look(device: Device, change: Change): void {
    if (change.kind !== "applied" || change.by !== "event" || !device.visible) return;
    const [line] = device.lines;
    for (const { conversation, seq, to } of change.applied.messages) {
      if (to === line?.me.id && random.chance(SEEN_SHARE)) line.seen(conversation, seq);
    }
  }

  async function write(
    from: Person,
    { device, line, to, text = "" }: { device: Device; line: Line; to: Peer; text?: string },
  ): Promise<void> {
    const written: Written = {
      text: `${witness.written.length} ${from.name} to ${to.name}${text}`,
      from: from.id,
      to: to.id,
      conversation: to.conversation,
      place: `${device.database}/${placeOf(line)}`,
      database: device.database,
      at: Date.now(),
      cid: null,
      kept: false,
    };
    witness.written.push(written);
    const sending = line.send({ conversation: to.conversation, to: to.id, text: written.text });
    written.cid = line.unsent().find((row) => row.text === written.text)?.cid ?? null;
    await sending;
    const failed = line.unsent().some((row) => row.text === written.text && row.kept === "failed");
    written.kept = !failed;
  }

  async function meddle({ device, line, to }: { device: Device; line: Line; to: Peer }): Promise<void> {
    if (random.chance(RENAME_SHARE)) return device.errands.run(renaming(to.id, random));
    const errand = await revising(line, { conversation: to.conversation, random, witness });
    if (errand) device.errands.run(errand);
  }

  const places = new WeakMap<Line, number>();
  let lines = 0;
  function placeOf(line: Line): number {
    const known = places.get(line) ?? ++lines;
    places.set(line, known);
    return known;
  }

  for (let first = 0; first < people.length; first += SIGN_IN_AT_ONCE) {
    await Promise.all(people.slice(first, first + SIGN_IN_AT_ONCE).map(addDevice));
  }
  // They wait until their person may ask for a second code, while the first are in use already.
  const withTwo = people.filter((_, index) => options.secondDevices && index % SECOND_DEVICE_EVERY === 0);
  for (const person of withTwo) void addDevice(person);

  return {
    people,
    devices: () => people.flatMap((person) => person.devices),
    write,
    meddle,
    readAll() {
      for (const person of people) {
        for (const device of person.devices.slice(0, 1)) {
          for (const { conversation } of person.peers)
            device.lines[0]?.seen(conversation, durable.newestOf(device.database, conversation));
        }
      }
    },
    async close() {
      for (const person of people) for (const device of person.devices) await device.close();
    },
  };
}
