/** The HTTP door of the server for tests, for who is signed in. */
import type { MessageSend } from "#protocol/frames.ts";
import type { SearchRequest, SessionRow } from "#protocol/http.ts";
import { fold, matches } from "../text/fold.ts";
import type { Log } from "./log.ts";
import type { TestSeals } from "./seals.ts";

/** What a test sets, and looks at. */
interface Told {
  sealsClosed: boolean;
  snapshots: number;
  devices: SessionRow[];
}

interface Behind {
  log: Log;
  server: Told;
  seals: TestSeals;
}

export async function answerApi(request: Request, { log, server, seals }: Behind): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/api/auth/session") return Response.json({ me: log.me });
  if (pathname === "/api/seal") return Response.json(seals.key());
  if (pathname === "/api/seal/open" && !server.sealsClosed) return seals.open(request);
  if (pathname === "/api/messages") return send(log, (await request.json()) as MessageSend);
  if (pathname === "/api/search") return search(log, (await request.json()) as SearchRequest);
  const sessions = /^\/api\/sessions(?:\/(.+))?$/.exec(pathname);
  if (sessions) return devices(server, { method: request.method, named: sessions[1] });
  if (pathname === "/api/snapshot") {
    server.snapshots += 1;
    return Response.json(log.snapshot());
  }
  const [, id] = pathname.match(/^\/api\/conversations\/(.+)\/messages$/) ?? [];
  const conversation = log.snapshot().conversations.find((other) => other.id === id)?.id;
  if (!conversation) return nothing();
  const [before, limit] = [Number(searchParams.get("before")), Number(searchParams.get("limit"))];
  return Response.json(log.page(conversation, { before, limit }));
}

function send(log: Log, message: MessageSend): Response {
  const ack = log.send(message);
  if (!ack)
    return Response.json(
      { code: "not_a_contact", message: "You can only write to your contacts." },
      { status: 403 },
    );
  const { type: _, ...answer } = ack;
  return Response.json(answer, { status: answer.duplicate ? 200 : 201 });
}

function search(log: Log, { text }: SearchRequest): Response {
  const has = matches(fold(text));
  const all = log
    .snapshot()
    .conversations.flatMap(
      ({ id }) =>
        log.page(id, { before: Number.POSITIVE_INFINITY, limit: Number.POSITIVE_INFINITY }).messages,
    );
  return Response.json({ found: all.filter((message) => has(message.text)).toReversed(), more: false });
}

/** Lists them, or ends the one that is named, or all others. */
function devices(server: Told, { method, named }: { method: string; named: string | undefined }): Response {
  if (method === "GET") return Response.json(server.devices);
  const left = server.devices.filter(({ id, current }) => (named === undefined ? current : id !== named));
  const found = named === undefined || left.length < server.devices.length;
  server.devices = left;
  return found ? new Response(null, { status: 204 }) : nothing();
}

function nothing(): Response {
  return Response.json({ code: "not_found", message: "There is nothing here." }, { status: 404 });
}
