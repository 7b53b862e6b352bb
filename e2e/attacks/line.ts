/** For tests only: one kept connection to a server, over which requests are written and answers are read byte for byte. */
import { connect } from "node:net";

const HEAD_END = "\r\n\r\n";

export interface RawAnswer {
  status: number;
  /** Everything as it came, head and body. */
  text: string;
  /** From the last byte that went out to the last one that came in. */
  tookMs: number;
}

export type Line = Awaited<ReturnType<typeof openLine>>;

/** Connects to the server at `url`. */
export async function openLine(url: string) {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let received = "";
  let look: (() => void) | null = null;
  let fail: ((error: Error) => void) | null = null;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    look?.();
  });
  socket.on("error", (error) => fail?.(error));
  socket.on("close", () => fail?.(new Error("the server hung up")));
  await new Promise<void>((resolve, reject) => {
    socket.on("connect", resolve);
    fail = reject;
  });

  /** One request at a time. */
  function ask(
    method: string,
    path: string,
    { body, cookie }: { body?: object; cookie?: string } = {},
  ): Promise<RawAnswer> {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: http://${host}`,
      ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
      ...(body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${text.length}`]),
    ];
    received = "";
    return new Promise((resolve, reject) => {
      fail = reject;
      look = () => {
        const end = received.indexOf(HEAD_END);
        if (end < 0) return;
        const length = Number(/^content-length: (\d+)/im.exec(received.slice(0, end))?.[1] ?? 0);
        if (received.length < end + HEAD_END.length + length) return;
        const tookMs = performance.now() - startedAtMs;
        resolve({ status: Number(received.slice(9, 12)), text: received, tookMs });
      };
      const startedAtMs = performance.now();
      socket.write(`${headers.join("\r\n")}${HEAD_END}${text}`, "latin1");
    });
  }

  return { ask, close: () => void socket.destroy() };
}
