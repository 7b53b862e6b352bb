/** The HTTP door, typed. Every verb throws `ApiProblem`, whether the server refused or could not be reached. */
import type { ProblemCode } from "#protocol/codes.ts";
import type { Contact, MessageSend, Profile } from "#protocol/frames.ts";
import type {
  CodeAnswer,
  CodeRequest,
  ContactChange,
  JoinRequest,
  Me,
  MessagePage,
  MessageTimes,
  Problem,
  ProfileChange,
  SealKey,
  SealOpened,
  SealOpening,
  PushAnswer,
  PushRequest,
  SearchAnswer,
  SearchRequest,
  RevisedAnswer,
  SendAnswer,
  SessionAnswer,
  SessionRequest,
  SessionRow,
  SignedIn,
  Snapshot,
} from "#protocol/http.ts";
import type { Revision } from "#protocol/messages.ts";
import type { ConversationId, Seq, SessionId, UserId } from "#protocol/ids.ts";
import type { Time } from "./time.ts";

/** An answer must begin within this time, and must have come within this time from there. */
const ANSWER_WITHIN_MS = 10_000;
/** A snapshot is larger than any other answer. */
const SNAPSHOT_WITHIN_MS = 30_000;
/** An export may hold a week of messages. */
const EXPORT_WITHIN_MS = 5 * 60_000;

/** `unreachable`: no answer came (offline, time-out, or something in between that does not speak for the server). */
export type ApiProblemCode = ProblemCode | "unreachable";

/** A request that was refused or got no answer. `message` is for the log; words/sentences.ts has what to tell the person. */
export class ApiProblem extends Error {
  readonly code: ApiProblemCode;
  readonly retryAfterMs: number | undefined;

  constructor(problem: Omit<Problem, "code"> & { code: ApiProblemCode }, cause?: unknown) {
    super(problem.message, { cause });
    this.name = "ApiProblem";
    this.code = problem.code;
    this.retryAfterMs = problem.retryAfterMs;
  }
}

export interface Api {
  askCode(request: CodeRequest): Promise<CodeAnswer>;
  signIn(request: SessionRequest): Promise<SessionAnswer>;
  join(request: JoinRequest): Promise<SessionAnswer>;
  signOut(): Promise<void>;
  /** Who is signed in here; refused as `not_signed_in` when nobody is. */
  me(): Promise<Me>;
  sessions(): Promise<SessionRow[]>;
  endSession(id: SessionId): Promise<void>;
  endOtherSessions(): Promise<void>;
  push(): Promise<PushAnswer>;
  putPush(request: PushRequest): Promise<PushAnswer>;
  deletePush(): Promise<void>;
  changeContact(id: UserId, change: ContactChange): Promise<Contact>;
  removeContact(id: UserId): Promise<void>;
  changeProfile(change: ProfileChange): Promise<Profile>;
  snapshot(): Promise<Snapshot>;
  send(message: Omit<MessageSend, "type">): Promise<SendAnswer>;
  revise(revision: Revision): Promise<RevisedAnswer>;
  search(request: SearchRequest): Promise<SearchAnswer>;
  sealKey(): Promise<SealKey>;
  openSeal(opening: SealOpening): Promise<SealOpened>;
  messages(conversation: ConversationId, page: { before: Seq; limit: number }): Promise<MessagePage>;
  /** A document of everything that the server holds about this person. */
  exported(): Promise<Blob>;
  /** Has a code mailed that ends the account. */
  askEnd(): Promise<CodeAnswer>;
  endAccount(code: string): Promise<void>;
  /** Whatever else the server answers. */
  ask: Ask;
  /** When an own message was sent, delivered and read. */
  times(conversation: ConversationId, seq: Seq): Promise<MessageTimes>;
}

export interface ApiEdges {
  /** Where the server is: "" for the page's own origin. */
  origin: string;
  fetch: (url: string, request: RequestInit) => Promise<Response>;
  time: Time;
}

export interface Asking {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** How long all of the answer may take once it has begun. */
  withinMs?: number;
}

/** Asks the server for JSON. Throws `ApiProblem`. */
export type Ask = <T>(path: string, asking?: Asking) => Promise<T>;

export function createApi({ origin, fetch, time }: ApiEdges): Api {
  /** The answer, when it is not a refusal, as `read` has it. */
  async function answer<T>(
    path: string,
    { method = "GET", body, withinMs = ANSWER_WITHIN_MS }: Asking,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const giveUp = (): void => controller.abort(new DOMException("no answer in time", "TimeoutError"));
    let cancel = time.after(ANSWER_WITHIN_MS, giveUp);
    const request: RequestInit = {
      method,
      headers: { accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      signal: controller.signal,
    };
    if (body !== undefined) {
      request.headers = { ...request.headers, "content-type": "application/json" };
      request.body = JSON.stringify(body);
    }
    try {
      const response = await fetch(origin + path, request);
      cancel();
      cancel = time.after(withinMs, giveUp);
      if (!response.ok) throw new ApiProblem(await readProblem(response));
      return await read(response);
    } catch (error) {
      throw error instanceof ApiProblem ? error : new ApiProblem(UNREACHABLE, error);
    } finally {
      cancel();
    }
  }

  function ask<T>(path: string, asking: Asking = {}): Promise<T> {
    return answer(path, asking, async (response) =>
      response.status === 204 ? (undefined as T) : ((await response.json()) as T),
    );
  }

  async function me(): Promise<Me> {
    // Of `GET /api/me` a browser would write into its console, as an error, that nobody is signed in yet.
    const answer = await ask<Partial<SignedIn> | undefined>("/api/auth/session");
    if (answer?.me === undefined) throw new ApiProblem(UNREACHABLE);
    if (answer.me === null) throw new ApiProblem({ code: "not_signed_in", message: "nobody is signed in" });
    return answer.me;
  }

  return {
    ask,
    askEnd: () => ask("/api/account/deletion/code", { method: "POST" }),
    endAccount: (code) => ask("/api/account/deletion", { method: "POST", body: { code } }),
    exported: () => answer("/api/export", { withinMs: EXPORT_WITHIN_MS }, (response) => response.blob()),
    askCode: (body) => ask("/api/auth/code", { method: "POST", body }),
    signIn: (body) => ask("/api/auth/session", { method: "POST", body }),
    join: (body) => ask("/api/invites/join", { method: "POST", body }),
    signOut: () => ask("/api/auth/session", { method: "DELETE" }),
    me,
    sessions: () => ask("/api/sessions"),
    endSession: (id) => ask(`/api/sessions/${id}`, { method: "DELETE" }),
    endOtherSessions: () => ask("/api/sessions", { method: "DELETE" }),
    push: () => ask("/api/push"),
    putPush: (body) => ask("/api/push", { method: "PUT", body }),
    deletePush: () => ask("/api/push", { method: "DELETE" }),
    changeContact: (id, body) => ask(`/api/contacts/${id}`, { method: "PATCH", body }),
    removeContact: (id) => ask(`/api/contacts/${id}`, { method: "DELETE" }),
    changeProfile: (body) => ask("/api/profile", { method: "PATCH", body }),
    snapshot: () => ask("/api/snapshot", { withinMs: SNAPSHOT_WITHIN_MS }),
    revise: (body) => ask("/api/revisions", { method: "POST", body }),
    send: (body) => ask("/api/messages", { method: "POST", body }),
    search: (body) => ask("/api/search", { method: "POST", body }),
    sealKey: () => ask("/api/seal"),
    openSeal: ({ key, point }) => ask("/api/seal/open", { method: "POST", body: { key, point } }),
    messages: (conversation, { before, limit }) =>
      ask(`/api/conversations/${conversation}/messages?before=${before}&limit=${limit}`),
    times: (conversation, seq) => ask(`/api/conversations/${conversation}/messages/${seq}/times`),
  };
}

const UNREACHABLE = {
  code: "unreachable",
  message: "no answer came from the server",
} as const;

/** A refusal that is not in the server's own form comes from something in between, and proves nothing. */
async function readProblem(response: Response): Promise<Omit<Problem, "code"> & { code: ApiProblemCode }> {
  const body: unknown = await response.json().catch(() => null);
  return isProblem(body) ? body : UNREACHABLE;
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "message" in body &&
    typeof body.message === "string"
  );
}
