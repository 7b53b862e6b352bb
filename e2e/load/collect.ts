/**
 * Preloaded into what is weighed: at SIGUSR2 it collects its garbage. What is left is what is held; between two collections of the
 * runtime's own there is as much again that nobody holds, more or less of it at any moment.
 */
process.on("SIGUSR2", () => Bun.gc(true));
