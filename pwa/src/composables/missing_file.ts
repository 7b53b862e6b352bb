/**
 * After a deploy, a tab of the old build may ask for a file that is gone; the server answers 404. Reloading fetches the
 * new build, once: a file that is missing from the new build as well must not make the page reload for ever.
 */
const RELOADED_FOR = "parley.reloaded-for";

export function reloadOnceOnMissingFile({ build }: { build: string }): void {
  addEventListener("vite:preloadError", (event) => {
    if (sessionStorage.getItem(RELOADED_FOR) === build) return;
    sessionStorage.setItem(RELOADED_FOR, build);
    event.preventDefault();
    location.reload();
  });
}
