import type { Command } from "#protocol/frames.ts";
import type { Cid } from "#protocol/ids.ts";

/** The id of a command that is answered under one. */
export function cidOf(command: Command): Cid | undefined {
  switch (command.type) {
    case "message.send":
    case "message.edit":
    case "message.delete":
    case "message.react":
      return command.cid;
    default:
      return undefined;
  }
}
