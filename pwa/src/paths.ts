/** The names of the app's addresses; `router.ts` says what stands there. */
export const PATHS = {
  signIn: "sign-in",
  list: "list",
  chat: "chat",
  settings: "settings",
  devices: "devices",
  ownData: "your-data",
  admin: "admin",
  adminPeople: "admin-people",
  adminAudit: "admin-audit",
  notifications: "notifications",
  language: "language",
} as const;
