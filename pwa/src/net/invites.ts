/** The door of invites, typed. Every verb throws `ApiProblem`. */
import type { Contact } from "#protocol/frames.ts";
import type { CodeAnswer, Invite, Inviter, JoinCodeRequest, NewInvite } from "#protocol/http.ts";
import type { InviteId } from "#protocol/ids.ts";
import type { Ask } from "./api.ts";

export function createInviteDoor(ask: Ask) {
  const shown = <T>(path: string, body: object) => ask<T>(`/api/invites/${path}`, { method: "POST", body });
  return {
    list: () => ask<Invite[]>("/api/invites"),
    make: () => ask<NewInvite>("/api/invites", { method: "POST" }),
    revoke: (id: InviteId) => ask<void>(`/api/invites/${id}`, { method: "DELETE" }),
    look: (token: string) => shown<Inviter>("look", { token }),
    accept: (token: string) => shown<Contact>("accept", { token }),
    askCode: (request: JoinCodeRequest) => shown<CodeAnswer>("code", request),
  };
}

/** The link of an invite. The token stands behind the #, which no browser sends to a server. */
export function inviteLink(origin: string, token: string): string {
  return `${origin}/invite#${token}`;
}

/** The token in the part of an address from the # on; empty when there is none. */
export function tokenIn(hash: string): string {
  return hash.replace(/^#/, "");
}
