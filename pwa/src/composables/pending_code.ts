import type { CodeRequest } from "#protocol/http.ts";
import { usePending } from "./pending.ts";
import type { Pending, PendingEdges, PendingKind, PendingState } from "./pending.ts";

/** A code to sign in with, that was asked for and not yet used. */
export interface PendingCode extends Pending {
  phone: string;
  country: string | null;
}

/** A code to come in by an invite with, likewise; and what was typed for it. */
export interface PendingJoin extends PendingCode {
  /** Of the invite. */
  token: string;
  name: string;
  email: string;
}

const CODE: PendingKind<PendingCode> = {
  key: "parley.pending-code",
  is: (stored): stored is Record<string, unknown> & PendingCode =>
    typeof stored["phone"] === "string" &&
    (stored["country"] === null || typeof stored["country"] === "string"),
};

const JOIN: PendingKind<PendingJoin> = {
  key: "parley.pending-join",
  is: (stored): stored is Record<string, unknown> & PendingJoin =>
    CODE.is(stored) && ["token", "name", "email"].every((field) => typeof stored[field] === "string"),
};

/** The number as the server is asked with it. */
export function inCountry({ phone, country }: Pick<PendingCode, "phone" | "country">): CodeRequest {
  return country === null ? { phone } : { phone, country };
}

/** The step between "Send code" and "Sign in". */
export function usePendingCode(edges?: PendingEdges): PendingState<PendingCode> {
  return usePending(CODE, edges);
}

/** The step between "Send code" and "Join". */
export function usePendingJoin(edges?: PendingEdges): PendingState<PendingJoin> {
  return usePending(JOIN, edges);
}
