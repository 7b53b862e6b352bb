import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { AdminPerson, AdminSession, AuditEntry, NewPerson, SystemReport } from "#protocol/admin.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { createAdminDoor } from "../net/admin.ts";
import { useTab } from "./tab.ts";

/** What an administrator sees and does. Every verb asks the server and throws `ApiProblem` (net/api.ts). */
export const useAdmin = defineStore("admin", () => {
  const door = createAdminDoor(useTab().ask);
  /** Each is null until it was loaded. */
  const system = shallowRef<SystemReport | null>(null);
  const people = shallowRef<readonly AdminPerson[] | null>(null);
  const audit = shallowRef<readonly AuditEntry[] | null>(null);
  const morePeople = ref(false);
  const moreAudit = ref(false);

  async function loadSystem(): Promise<void> {
    system.value = await door.system();
  }

  /** From the start; `further` adds the next page. */
  async function loadPeople({ further = false } = {}): Promise<void> {
    const before = further ? (people.value ?? []) : [];
    const page = await door.people(before.at(-1)?.id ?? null);
    people.value = [...before, ...page.people];
    morePeople.value = page.more;
  }

  async function loadAudit({ further = false } = {}): Promise<void> {
    const before = further ? (audit.value ?? []) : [];
    const page = await door.audit(before.at(-1)?.number ?? null);
    audit.value = [...before, ...page.entries];
    moreAudit.value = page.more;
  }

  async function add(person: NewPerson): Promise<void> {
    await door.add(person);
    await loadPeople();
  }

  async function suspend(id: UserId): Promise<void> {
    await door.suspend(id);
    change(id, { suspendedAt: Date.now() });
  }

  async function unsuspend(id: UserId): Promise<void> {
    await door.unsuspend(id);
    change(id, { suspendedAt: null });
  }

  function change(id: UserId, changes: Partial<AdminPerson>): void {
    people.value = people.value?.map((one) => (one.id === id ? { ...one, ...changes } : one)) ?? null;
  }

  return {
    system,
    people,
    morePeople,
    audit,
    moreAudit,
    loadSystem,
    loadPeople,
    loadAudit,
    add,
    suspend,
    unsuspend,
    /** Voids somebody's code, and lets them ask for one at once. */
    reset: door.reset,
    /** Where somebody is signed in. That one looked is in the audit. */
    sessionsOf: (id: UserId): Promise<readonly AdminSession[]> => door.sessions(id),
    /** Signs somebody out on one device, or on all. */
    endSessions: (id: UserId, session: SessionId | null = null) => door.endSessions(id, session),
  };
});
