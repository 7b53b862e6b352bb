/** Read by Bun before the product, in an instance that is to have a planted bug. */
import { plantHere } from "./plant.ts";

const { PLANT } = process.env;
if (PLANT === undefined) throw new Error("PLANT names no bug to plant");
plantHere(PLANT);
