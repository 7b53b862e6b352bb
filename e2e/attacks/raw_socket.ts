/** Sockets on which an attacker says what no client would. */
import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";

const HEAD_END = "\r\n\r\n";

export interface RawSocket {
  socket: Socket;
  /** What came so far. */
  received(): Buffer;
  /** Resolves when it is closed, from whichever side. */
  closed: Promise<void>;
}

/** Resolves once it is connected. */
export function openSocket(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const chunks: Buffer[] = [];
  const closing = Promise.withResolvers<void>();
  return new Promise((resolve, reject) => {
    socket.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
    // To be cut off is what an attacker has to expect.
    socket.on("error", (error) => {
      reject(error);
      socket.destroy();
    });
    socket.on("close", () => closing.resolve());
    socket.on("connect", () =>
      resolve({ socket, received: () => Buffer.concat(chunks), closed: closing.promise }),
    );
  });
}

/** The head of a request to the WebSocket, whole: what is left off is the caller's doing. */
export function upgradeHead(url: string, cookie: string): string {
  const lines = [
    "GET /ws HTTP/1.1",
    `Host: ${new URL(url).host}`,
    `Origin: ${url}`,
    `Cookie: ${cookie}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
  ];
  return lines.join("\r\n") + HEAD_END;
}

/** A WebSocket by hand: connected and upgraded. Throws when the upgrade is refused. */
export async function openRawWebSocket(url: string, cookie: string): Promise<RawSocket> {
  const raw = await openSocket(url);
  raw.socket.write(upgradeHead(url, cookie));
  while (!raw.received().includes(HEAD_END)) {
    const next = new Promise<void>((resolve) => raw.socket.once("data", () => resolve()));
    await Promise.race([next, raw.closed]);
    if (raw.socket.destroyed) break;
  }
  if (!raw.received().toString("latin1").startsWith("HTTP/1.1 101")) {
    raw.socket.destroy();
    throw new Error(`the upgrade was refused: ${raw.received().toString("latin1").slice(0, 40)}`);
  }
  return raw;
}

export interface FrameOptions {
  opcode?: number;
  fin?: boolean;
  /** Reserved bits: the first means compressed. */
  reserved?: number;
  masked?: boolean;
  /** What the frame says of its length; its real one unless told. */
  length?: number;
}

/** One WebSocket frame as a client sends it, or as none would. */
export function frame(payload: Uint8Array | string, options: FrameOptions = {}): Buffer {
  const { opcode = 1, fin = true, reserved = 0, masked = true } = options;
  const body = Buffer.from(payload as string);
  const length = options.length ?? body.length;
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode];
  const mask = masked ? 0x80 : 0;
  if (length < 126) head.push(mask | length);
  else if (length < 65_536) head.push(mask | 126, length >> 8, length & 0xff);
  else {
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(BigInt(length));
    head.push(mask | 127, ...size);
  }
  if (!masked) return Buffer.concat([Buffer.from(head), body]);
  const key = createHash("md5").update(body).digest().subarray(0, 4);
  return Buffer.concat([Buffer.from(head), key, body.map((byte, at) => byte ^ (key[at % 4] ?? 0))]);
}

/** The code of the close frame that ends what the server said; null when it ended without one. */
export function closeCodeIn(received: Buffer): number | null {
  const start = received.indexOf(HEAD_END);
  for (let at = start < 0 ? 0 : start + HEAD_END.length; at + 2 <= received.length;) {
    const opcode = (received[at] ?? 0) & 0x0f;
    const short = (received[at + 1] ?? 0) & 0x7f;
    const headLength = short === 127 ? 10 : short === 126 ? 4 : 2;
    const length =
      short === 127
        ? Number(received.readBigUInt64BE(at + 2))
        : short === 126
          ? received.readUInt16BE(at + 2)
          : short;
    if (opcode === 8) return length >= 2 ? received.readUInt16BE(at + headLength) : null;
    at += headLength + length;
  }
  return null;
}
