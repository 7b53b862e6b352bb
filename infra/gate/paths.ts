import { join, resolve } from "node:path";

/** The top folder of this clone. */
export const ROOT = resolve(import.meta.dir, "../..");

/** What is kept between runs; ignored by git. */
export const CACHE = join(ROOT, ".cache");
