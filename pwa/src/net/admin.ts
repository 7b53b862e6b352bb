/** The door of administrators, typed. Every verb throws `ApiProblem`; for who is none, there is nothing. */
import type { AdminPeople, AdminSession, AuditPage, NewPerson, SystemReport } from "#protocol/admin.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Ask } from "./api.ts";

export function createAdminDoor(ask: Ask) {
  const act = (path: string) => ask<void>(`/api/admin/people/${path}`, { method: "POST" });
  return {
    system: () => ask<SystemReport>("/api/admin/system"),
    /** By name, those after `after`. */
    people: (after: UserId | null) =>
      ask<AdminPeople>(`/api/admin/people${after === null ? "" : `?after=${after}`}`),
    add: (person: NewPerson) => ask<{ id: UserId }>("/api/admin/people", { method: "POST", body: person }),
    suspend: (id: UserId) => act(`${id}/suspend`),
    unsuspend: (id: UserId) => act(`${id}/unsuspend`),
    reset: (id: UserId) => act(`${id}/reset`),
    sessions: (id: UserId) => ask<AdminSession[]>(`/api/admin/people/${id}/sessions`),
    /** Ends one, or all. */
    endSessions: (id: UserId, session: SessionId | null) =>
      ask<void>(`/api/admin/people/${id}/sessions${session === null ? "" : `/${session}`}`, {
        method: "DELETE",
      }),
    /** Newest first, those before `before`. */
    audit: (before: number | null) =>
      ask<AuditPage>(`/api/admin/audit${before === null ? "" : `?before=${before}`}`),
  };
}
