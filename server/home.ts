/**
 * Where the files that belong to the program lie: the built app and the migrations. They stay files, also beside a compiled
 * binary, where they have the same places as in the source tree.
 */
import { dirname, resolve } from "node:path";

/** Modules of a compiled binary claim to be in this folder, which exists on no disk. */
const COMPILED = "/$bunfs/";

/** The folder that has `pwa/dist` and `server/db/migrations` in it. */
export const HOME = import.meta.dirname.startsWith(COMPILED)
  ? dirname(process.execPath)
  : resolve(import.meta.dirname, "..");
