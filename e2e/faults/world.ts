import type { Sql } from "postgres";
import type { Backing } from "./backing.ts";
import type { Crowd } from "./crowd.ts";
import type { Durable } from "./durable.ts";
import type { Fleet } from "./fleet.ts";
import type { Pages } from "./pages.ts";
import type { Witness } from "./witness.ts";

/** Everything that a fault may touch. */
export interface World {
  backing: Backing;
  fleet: Fleet;
  crowd: Crowd;
  pages: Pages;
  /** Past all wires. */
  db: Sql;
  durable: Durable;
  witness: Witness;
}
