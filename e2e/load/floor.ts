/**
 * The floor: the least that can be called a messenger, to hold the product's figures against. It speaks the few frames that
 * the measuring clients use, trusts everybody, and keeps nothing in order. With DATABASE_URL it stores each message in one row
 * before the ack, in group commits; without, it only relays. Run by `floors.ts`.
 */
import type { ServerWebSocket } from "bun";
import postgres from "postgres";
import type { Command } from "#protocol/frames.ts";

/** Rows of one commit. */
const BATCH_MAX = 512;

interface Waiting {
  from: string;
  send: Extract<Command, { type: "message.send" }>;
  socket: ServerWebSocket<{ user: string }>;
}

const sockets = new Map<string, ServerWebSocket<{ user: string }>>();
const databaseUrl = process.env["DATABASE_URL"];
const sql = databaseUrl ? await openTable(databaseUrl, process.env["DATABASE_SOCKET"] || null) : null;
let queue: Waiting[] = [];
let busy = false;

const server = Bun.serve<{ user: string }>({
  port: Number(process.env["PORT"]),
  hostname: "127.0.0.1",
  fetch(request, server) {
    const user = /user=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
    return server.upgrade(request, { data: { user } }) ? undefined : new Response("floor");
  },
  websocket: {
    idleTimeout: 0,
    open: (socket) => void sockets.set(socket.data.user, socket),
    close: (socket) => void sockets.delete(socket.data.user),
    message: (socket, raw) => hear(socket, JSON.parse(String(raw)) as Command),
  },
});
process.on("SIGTERM", () => void server.stop(true).then(() => process.exit(0)));

function hear(socket: ServerWebSocket<{ user: string }>, command: Command): void {
  const from = socket.data.user;
  if (command.type === "hello") return replay(socket, command.cursor);
  if (command.type === "ping") return tell(socket, { type: "pong", cursor: 0, now: Date.now() });
  if (command.type === "typing") return relay(command.to, { type: "typing", from });
  if (command.type !== "message.send") return;
  const waiting = { from, send: command, socket };
  if (sql === null) return deliver(waiting);
  queue.push(waiting);
  if (!busy) void commitAll(sql);
}

/** A cursor below zero asks for so many frames: what resuming would cost if nothing had to be looked up. */
function replay(socket: ServerWebSocket<{ user: string }>, cursor: number): void {
  socket.cork(() => {
    tell(socket, { type: "welcome", cursor: Math.max(0, -cursor), heartbeatMs: 25_000 });
    for (let n = 1; n <= -cursor; n++) {
      const body = { seq: n, text: `message ${n} of a week that somebody was away, sixty.` };
      tell(socket, { type: "event", cursor: n, kind: "mark", conversation: socket.data.user, ...body });
    }
  });
}

async function commitAll(sql: postgres.Sql): Promise<void> {
  busy = true;
  await Promise.resolve();
  while (queue.length > 0) {
    const batch = queue.slice(0, BATCH_MAX);
    queue = queue.slice(BATCH_MAX);
    const sentAt = new Date().toISOString();
    await sql`
      insert into floor (id, sender, recipient, body, sent_at)
      select id, sender, recipient, body, ${sentAt}::timestamptz from unnest(
        ${batch.map(({ send }) => send.cid)}::uuid[], ${batch.map(({ from }) => from)}::uuid[],
        ${batch.map(({ send }) => send.to)}::uuid[], ${batch.map(({ send }) => send.text)}::text[]
      ) as row (id, sender, recipient, body)`;
    for (const waiting of batch) deliver(waiting);
  }
  busy = false;
}

function deliver({ from, send: { cid, to, text }, socket }: Waiting): void {
  const sentAt = Date.now();
  relay(to, { type: "event", kind: "message", cursor: 0, cid, from, to, text, sentAt });
  tell(socket, { type: "ack", cid, sentAt });
}

function relay(to: string, frame: object): void {
  const socket = sockets.get(to);
  if (socket !== undefined) tell(socket, frame);
}

function tell(socket: ServerWebSocket<{ user: string }>, frame: object): void {
  socket.send(JSON.stringify(frame));
}

async function openTable(url: string, socket: string | null): Promise<postgres.Sql> {
  const opened = postgres(url, { max: 1, onnotice: () => {}, ...(socket && { path: socket }) });
  await opened`
    create table if not exists floor (
      id uuid primary key, sender uuid not null, recipient uuid not null, body text not null, sent_at timestamptz not null
    )`;
  return opened;
}
