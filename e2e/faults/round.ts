import postgres from "postgres";
import { makeAccounts } from "./admin.ts";
import type { RoundOptions } from "./arguments.ts";
import { startBacking } from "./backing.ts";
import { checkDevices, checkWritten, type DeviceState } from "./check_devices.ts";
import { checkServer, readTruth } from "./check_server.ts";
import { converge } from "./converge.ts";
import { gatherCrowd } from "./crowd.ts";
import { watchDurable } from "./durable.ts";
import { startFleet } from "./fleet.ts";
import { createRandom } from "./random.ts";
import { startTraffic } from "./traffic.ts";
import { type Breach, createWitness } from "./witness.ts";
import type { World } from "./world.ts";

export async function runRound(options: RoundOptions): Promise<{ breaches: Breach[] }> {
  await using undo = new AsyncDisposableStack();
  const say = (text: string) => process.stdout.write(`${(performance.now() / 1000).toFixed(1)} ${text}\n`);
  const random = createRandom(options.seed);
  const witness = createWitness();
  const durable = watchDurable();
  const backing = await startBacking(options.instances);
  undo.defer(() => backing.stop());
  say("services");
  const db = postgres(backing.direct.databaseUrl, { max: 4, onnotice: () => {} });
  undo.defer(() => db.end({ timeout: 1 }));
  const fleet = await startFleet(backing, options);
  undo.defer(() => fleet.stop());
  say("instances");
  const accounts = await makeAccounts(options.people, {
    env: fleet.adminEnv,
    db,
    random: random.branch("people"),
  });
  say("accounts");
  const crowd = await gatherCrowd({
    accounts,
    fleet,
    mailbox: backing.mailbox,
    durable,
    witness,
    random: random.branch("crowd"),
  });
  undo.defer(() => crowd.close());
  say("crowd");
  const world: World = { backing, fleet, crowd, db, durable, witness };
  const traffic = startTraffic(crowd, { random: random.branch("traffic"), perSecond: options.perSecond });
  const endAt = performance.now() + options.minutes * 60_000;
  let n = 0;
  while (performance.now() < endAt) {
    await Bun.sleep(3_000);
    const instance = fleet.instances[n++ % fleet.instances.length];
    await instance?.kill();
    say(`killed ${instance?.number}`);
    await Bun.sleep(500);
    await instance?.start();
  }
  await traffic.stop();
  say(`stopped; written ${witness.written.length} acked ${witness.acked.size}`);
  const { afterMs, missing } = await converge(world, { withinMs: 30_000 });
  say(`converged after ${afterMs} ${missing.slice(0, 10).join("; ")}`);
  const truth = await readTruth(db);
  checkServer(truth, witness);
  const states: DeviceState[] = [];
  for (const person of crowd.people)
    for (const device of person.devices)
      states.push({
        name: device.database,
        user: person.id,
        leftAt: device.leftAt,
        signedIn: device.wanted === "in",
        dump: await device.dump(),
      });
  checkDevices(truth, states, witness);
  checkWritten(truth, states, witness);
  say(`messages ${truth.messages.length} breaches ${witness.breaches.length}`);
  for (const breach of witness.breaches.slice(0, 10)) say(JSON.stringify(breach));
  say(JSON.stringify([...witness.errors]));
  return { breaches: witness.breaches };
}
