/**
 * A server for tests: the protocol over real HTTP and a real WebSocket, with a log in memory. It can be told to
 * misbehave the way networks and servers do.
 */
import type { Server, ServerWebSocket } from "bun";
import type { Command, InboxEvent, MessageSend, ServerFrame } from "#protocol/frames.ts";
import type { SessionRow } from "#protocol/http.ts";
import type { Revision } from "#protocol/messages.ts";
import { PROTOCOL } from "#protocol/limits.ts";
import { answerApi } from "./api.ts";
import type { Log } from "./log.ts";
import { WELCOME } from "./welcome.ts";
import { createSeals } from "./seals.ts";

const HTML = { "content-type": "text/html" };

type Socket = ServerWebSocket<undefined>;

export interface TestServer {
  readonly url: string;
  readonly origin: string;
  /** Every command that was heard, in order. */
  readonly heard: readonly Command[];
  /** How many sockets are open. */
  sockets(): number;
  /** Resolves once `condition` holds; looked at whenever something was heard or a socket closed. */
  until(condition: () => boolean): Promise<void>;
  heardOf<T extends Command["type"]>(type: T): Extract<Command, { type: T }>[];
  /** Hands what was appended to the log since to every socket, as the real one does after a commit. */
  deliver(): void;
  /** Sends a frame to every socket, whatever it says. */
  say(frame: ServerFrame): void;
  closeAll(code: number): void;
  /** The cookie is another person's from now on. */
  serve(other: Log): void;
  stop(): Promise<void>;
  /** Whether an outgoing frame is lost on the way. */
  loses: (frame: ServerFrame) => boolean;
  /** What a send is answered with instead of being stored; and a revision. */
  refuses: (command: MessageSend) => ServerFrame | null;
  refusesRevision: (command: Revision) => ServerFrame | null;
  /** The ack leaves before the message's own event, or after it. */
  ackFirst: boolean;
  signedIn: boolean;
  /** Upgrades are refused. */
  down: boolean;
  /** Something in between answers everything with a page of its own. */
  portal: boolean;
  /** Commands are heard and not answered. */
  deaf: boolean;
  minBuild: string;
  /** How many snapshots were served. */
  snapshots: number;
  /** Nothing that was sealed can be opened. */
  sealsClosed: boolean;
  /** Where the person is signed in. */
  devices: SessionRow[];
  /** What somebody came in by an invite with; null: nobody did. */
  joined: unknown;
  /** Answers what this server has no answer for of its own; null: neither. */
  answers: (request: Request) => Promise<Response> | Response | null;
}

export function startServer(first: Log): TestServer {
  let log = first;
  const open = new Map<Socket, { greeted: boolean; told: number }>();
  const heard: Command[] = [];
  const waiting = new Set<() => void>();
  const seals = createSeals();

  function send(socket: Socket, frame: ServerFrame): void {
    if (!server.loses(frame)) socket.send(JSON.stringify(frame));
  }

  function tell(socket: Socket, events: readonly InboxEvent[]): void {
    for (const event of events) send(socket, event);
  }

  function deliver(): void {
    for (const [socket, state] of open) {
      if (!state.greeted) continue;
      tell(socket, log.after(state.told));
      state.told = log.head();
    }
  }

  function hear(socket: Socket, command: Command): void {
    heard.push(command);
    if (!server.deaf) answer(socket, command);
    for (const look of waiting) look();
  }

  function answer(socket: Socket, command: Command): void {
    switch (command.type) {
      case "hello":
        return hello(socket, command);
      case "message.send":
        return take(socket, command);
      case "message.edit":
      case "message.delete":
      case "message.react":
        return revise(socket, command);
      case "message.received":
        log.received(command.cursor);
        return deliver();
      case "message.read":
        log.mark({ ...command, user: log.me.id, mark: "read" });
        return deliver();
      case "ping":
        return send(socket, { type: "pong", cursor: log.head(), now: log.snapshot().now });
      case "typing":
      case "presence":
        return;
      default:
        command satisfies never;
    }
  }

  function hello(socket: Socket, { epoch, cursor, protocol }: Extract<Command, { type: "hello" }>): void {
    const state = open.get(socket);
    if (!state || protocol !== PROTOCOL) return socket.close(4502);
    const head = log.head();
    send(socket, {
      ...WELCOME,
      epoch: log.epoch,
      cursor: head,
      now: log.snapshot().now,
      minBuild: server.minBuild,
    });
    state.greeted = true;
    state.told = head;
    if (epoch !== log.epoch) return send(socket, { type: "resync", reason: "epoch" });
    if (cursor > head) return send(socket, { type: "resync", reason: "ahead" });
    tell(socket, log.after(cursor));
  }

  function take(socket: Socket, command: Extract<Command, { type: "message.send" }>): void {
    const refusal = server.refuses(command);
    if (refusal) return send(socket, refusal);
    const ack = log.send(command);
    if (!ack) return send(socket, { type: "refused", cid: command.cid, code: "not_a_contact" });
    if (server.ackFirst) send(socket, ack);
    deliver();
    if (!server.ackFirst) send(socket, ack);
  }

  function revise(socket: Socket, command: Revision): void {
    const refusal = server.refusesRevision(command);
    if (refusal) return send(socket, refusal);
    const revised = log.revise(log.me.id, command);
    deliver();
    send(socket, revised ?? { type: "refused", cid: command.cid, code: "no_message" });
  }

  function fetch(request: Request, bun: Server<undefined>): Response | Promise<Response> | undefined {
    const { pathname } = new URL(request.url);
    if (server.portal) return new Response("<title>Free Wi-Fi</title>", { headers: HTML });
    if (pathname === "/api/auth/code") return Response.json({ resendAfterMs: 30_000 }, { status: 202 });
    if (pathname === "/api/auth/session" && request.method !== "GET") return session(request.method);
    if (pathname === "/api/invites/join") return join(request);
    if (server.down) return new Response("<h1>Bad Gateway</h1>", { status: 502 });
    if (!server.signedIn && pathname === "/api/auth/session") return Response.json({ me: null });
    if (!server.signedIn)
      return Response.json({ code: "not_signed_in", message: "Please sign in." }, { status: 401 });
    if (pathname === "/ws") return bun.upgrade(request) ? undefined : new Response(null, { status: 426 });
    const other = server.answers(request);
    if (other !== null) return other;
    return answerApi(request, { log, server, seals });
  }

  function session(method: string): Response {
    server.signedIn = method === "POST";
    if (method === "DELETE") return new Response(null, { status: 204 });
    return Response.json({ user: log.me, epoch: log.epoch }, { status: 201 });
  }

  async function join(request: Request): Promise<Response> {
    server.joined = await request.json();
    return session("POST");
  }

  const bun = Bun.serve<undefined>({
    port: 0,
    hostname: "127.0.0.1",
    fetch,
    websocket: {
      open: (socket) => void open.set(socket, { greeted: false, told: 0 }),
      close(socket) {
        open.delete(socket);
        for (const look of waiting) look();
      },
      message: (socket, text) => hear(socket, JSON.parse(String(text)) as Command),
    },
  });

  const server: TestServer = {
    url: `ws://127.0.0.1:${bun.port}/ws`,
    origin: `http://127.0.0.1:${bun.port}`,
    heard,
    sockets: () => open.size,
    until(condition) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (!condition()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      });
    },
    heardOf: <T extends Command["type"]>(type: T) =>
      heard.filter((command): command is Extract<Command, { type: T }> => command.type === type),
    deliver,
    say(frame) {
      for (const socket of open.keys()) send(socket, frame);
    },
    closeAll(code) {
      for (const socket of open.keys()) socket.close(code);
    },
    serve(other) {
      log = other;
    },
    stop: () => bun.stop(true),
    loses: () => false,
    refuses: () => null,
    refusesRevision: () => null,
    ackFirst: true,
    signedIn: true,
    down: false,
    portal: false,
    deaf: false,
    minBuild: "",
    snapshots: 0,
    sealsClosed: false,
    devices: [],
    joined: null,
    answers: () => null,
  };
  return server;
}
