/** The names of the app's addresses; `router.ts` says what stands there. */
export const PATHS = {
  signIn: "sign-in",
  list: "list",
  chat: "chat",
  people: "people",
  person: "person",
  help: "help",
  settings: "settings",
  profile: "profile",
  privacy: "privacy",
  devices: "devices",
  ownData: "your-data",
  admin: "admin",
  adminPeople: "admin-people",
  adminAudit: "admin-audit",
  notifications: "notifications",
  language: "language",
} as const;
