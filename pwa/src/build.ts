/**
 * Which build of the app this is: the ISO time it was made, so that builds compare as strings. Code that runs outside
 * a build (a unit test) counts as older than every build.
 */
export const BUILD: string = typeof __BUILD__ === "string" ? __BUILD__ : "";
