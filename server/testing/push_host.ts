/** For tests only: a push service on this machine, and devices that can read what is sent to them. */
import { createECDH, randomBytes } from "node:crypto";
import { decrypt } from "http_ece";
import type { PushPayload } from "#protocol/http.ts";

export interface PushDevice {
  /** As a browser tells its subscription. */
  subscription: { endpoint: string; p256dh: string; auth: string };
  /** What came, decrypted, in order. */
  heard: PushPayload[];
}

export interface PushHost {
  /** Scheme, host and port, to allow as a push service. */
  origin: string;
  /** Headers of every push, in order. */
  pushes: Headers[];
  device(): PushDevice;
  /** From now on every push is answered so; 201 takes it. */
  answerWith(status: number, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

/** On any free port of this machine alone, unless told. By another name it is found from elsewhere, as from a container. */
export function startPushHost({ name = "127.0.0.1", port = 0 } = {}): PushHost {
  const devices = new Map<string, (body: Buffer) => void>();
  const pushes: Headers[] = [];
  let answer: { status: number; headers: Record<string, string> } = { status: 201, headers: {} };
  const server = Bun.serve({
    port,
    hostname: name === "127.0.0.1" ? name : "0.0.0.0",
    async fetch(request) {
      const hear = devices.get(new URL(request.url).pathname);
      if (hear === undefined) return new Response(null, { status: 410 });
      pushes.push(request.headers);
      const body = Buffer.from(await request.arrayBuffer());
      if (answer.status < 300) hear(body);
      return new Response(null, answer);
    },
  });
  const origin = `http://${name}:${server.port}`;

  return {
    origin,
    pushes,
    device() {
      const keys = createECDH("prime256v1");
      keys.generateKeys();
      const auth = randomBytes(16).toString("base64url");
      const path = `/push/${crypto.randomUUID()}`;
      const heard: PushPayload[] = [];
      devices.set(path, (body) => {
        const plain = decrypt(body, { version: "aes128gcm", privateKey: keys, authSecret: auth });
        heard.push(JSON.parse(plain.toString("utf8")) as PushPayload);
      });
      const p256dh = keys.getPublicKey("base64url");
      return { subscription: { endpoint: `${origin}${path}`, p256dh, auth }, heard };
    },
    answerWith: (status, headers = {}) => void (answer = { status, headers }),
    close: () => server.stop(true),
  };
}
