#!/usr/bin/env -S bun --no-orphans
/**
 * Firefox as Playwright wants it. The tool speaks WebDriver BiDi as the newest Firefox does; Debian's is older and refuses, with
 * the whole context, a command that only pretends colours. This program is started in Firefox's place: it starts Firefox, and hands
 * frames to and fro; to those few commands, and to no others, it says that they are done.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What may be unknown to a Firefox without any harm: no scenario looks at what it changes. */
const HARMLESS: unknown[] = ["emulation.setMediaFeaturesOverride"];
const LISTENS = /WebDriver BiDi listening on (ws:\/\/\S+)/;
/** Pages, as they are when something failed. */
const FRAME_MAX_BYTES = 256 * 1_024 * 1_024;

interface Line {
  firefox: WebSocket;
  opened: Promise<unknown>;
  /** Commands that were not answered yet. */
  asked: Map<unknown, unknown>;
}

const child = spawn(process.env["FIREFOX"] ?? "firefox", process.argv.slice(2), {
  stdio: ["ignore", "inherit", "pipe"],
});
child.on("error", (error) => {
  process.stderr.write(`Starting Firefox: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code) => process.exit(code ?? 1));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
createInterface({ input: child.stderr }).on("line", (line) => {
  const [, address] = LISTENS.exec(line) ?? [];
  process.stderr.write(
    address === undefined ? `${line}\n` : `WebDriver BiDi listening on ${relay(address)}\n`,
  );
});

/** Stands in front of `address`; answers its own. */
function relay(address: string): string {
  const server = Bun.serve<Line>({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, self) {
      const firefox = new WebSocket(address + new URL(request.url).pathname);
      const opened = new Promise((resolve) => firefox.addEventListener("open", resolve));
      const data = { firefox, opened, asked: new Map() };
      return self.upgrade(request, { data })
        ? undefined
        : new Response("a WebSocket is wanted", { status: 426 });
    },
    websocket: {
      maxPayloadLength: FRAME_MAX_BYTES,
      open(tool) {
        const { firefox, asked } = tool.data;
        firefox.addEventListener("message", ({ data }) => void tool.send(answerOf(`${data}`, asked)));
        firefox.addEventListener("close", () => tool.close());
      },
      async message({ data: { firefox, opened, asked } }, text) {
        const { id, method } = JSON.parse(`${text}`);
        asked.set(id, method);
        await opened;
        firefox.send(text);
      },
      close: ({ data }) => data.firefox.close(),
    },
  });
  return `ws://127.0.0.1:${server.port}`;
}

function answerOf(text: string, asked: Line["asked"]): string {
  const { id, error } = JSON.parse(text);
  const method = asked.get(id);
  asked.delete(id);
  if (error !== "unknown command" || !HARMLESS.includes(method)) return text;
  return JSON.stringify({ type: "success", id, result: {} });
}
