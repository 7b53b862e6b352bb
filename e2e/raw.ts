import type { Page } from "@playwright/test";
import { PROTOCOL } from "#protocol/limits.ts";

export interface RawSend {
  to: string;
  text: string;
  /** A new one unless told. */
  cid?: string;
}

/** Sends one message past the app, on a socket with the page's own cookie and origin; returns what the server answers. */
export async function sendRaw(page: Page, send: RawSend): Promise<Record<string, unknown>> {
  return await page.evaluate(
    ({ to, text, cid, protocol }) => {
      const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
      const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
      const say = (frame: object) => socket.send(JSON.stringify(frame));
      socket.addEventListener("open", () =>
        say({ type: "hello", protocol, build: "9999", epoch: null, cursor: 0 }),
      );
      socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)));
      socket.addEventListener("message", ({ data }) => {
        const frame = JSON.parse(data);
        if (frame.type === "welcome") say({ type: "message.send", cid, to, text });
        if (frame.cid === cid && (frame.type === "ack" || frame.type === "refused")) resolve(frame);
      });
      return promise.finally(() => socket.close());
    },
    { cid: uuidV7(), ...send, protocol: PROTOCOL },
  );
}

/** Sends many messages past the app, by the second door, in order and as fast as the server lets. */
export async function sendMany(page: Page, { to, texts }: { to: string; texts: string[] }): Promise<void> {
  // As JSON, which also carries what is no text, like half of a character.
  const messages = texts.map((text) => JSON.stringify({ cid: uuidV7(), to, text }));
  await page.evaluate(async (bodies) => {
    for (const body of bodies) {
      for (;;) {
        const headers = { "content-type": "application/json" };
        const answer = await fetch("/api/messages", { method: "POST", headers, body });
        if (answer.ok) break;
        const { code, retryAfterMs } = await answer.json();
        if (code !== "rate_limited") throw new Error(code);
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
  }, messages);
}

/** Asks the server as the page would, past the app. */
export async function ask<T>(page: Page, method: string, path: string, body?: object): Promise<T> {
  return await page.evaluate(
    async (request) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(request.path, { method: request.method, headers, body: request.body });
      if (!answer.ok) throw new Error(await answer.text());
      return await answer.json();
    },
    { method, path, body: body === undefined ? null : JSON.stringify(body) },
  );
}

function uuidV7(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  const random = crypto.randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
