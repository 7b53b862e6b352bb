import { createRouter, createWebHistory } from "vue-router";
import type { Router } from "vue-router";
import { PATHS } from "./paths.ts";
import { SECTIONS } from "./settings.ts";
import { useSession } from "./stores/session.ts";

/** The addresses of the app. Who is not signed in sees only the sign-in page; who is, never sees it. */
export function createPaths(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: "/sign-in", name: PATHS.signIn, component: () => import("./pages/SignInPage.vue") },
      {
        path: "/",
        component: () => import("./pages/TalkPage.vue"),
        children: [
          { path: "", name: PATHS.list, component: () => import("./components/chat/NoChat.vue") },
          {
            path: "c/:id",
            name: PATHS.chat,
            component: () => import("./components/chat/ChatPanel.vue"),
            props: true,
          },
          {
            path: "people",
            name: PATHS.people,
            component: () => import("./components/people/PeoplePanel.vue"),
          },
          {
            path: "people/:id",
            name: PATHS.person,
            component: () => import("./components/people/PersonPanel.vue"),
            props: true,
          },
          { path: "help", name: PATHS.help, component: () => import("./components/help/HelpPanel.vue") },
          {
            path: "settings",
            name: PATHS.settings,
            component: () => import("./components/settings/SettingsPanel.vue"),
          },
          {
            path: "admin",
            component: () => import("./components/admin/AdminPanel.vue"),
            meta: { role: "admin" },
            children: [
              { path: "", name: PATHS.admin, component: () => import("./components/admin/SystemView.vue") },
              {
                path: "people",
                name: PATHS.adminPeople,
                component: () => import("./components/admin/PeopleView.vue"),
              },
              {
                path: "audit",
                name: PATHS.adminAudit,
                component: () => import("./components/admin/AuditView.vue"),
              },
            ],
          },
          {
            path: "share",
            name: PATHS.share,
            component: () => import("./components/share/SharePanel.vue"),
          },
          ...SECTIONS.map(({ name, component }) => ({ path: `settings/${name}`, name, component })),
        ],
      },
      { path: "/:rest(.*)*", redirect: { name: PATHS.list } },
    ],
  });
  router.beforeEach(async (to) => {
    const session = useSession();
    if (session.state === "unknown") await session.restore();
    const inside = to.name !== PATHS.signIn;
    const signedIn = session.state === "signedIn";
    if (inside !== signedIn) return { name: signedIn ? PATHS.list : PATHS.signIn };
    // Only spares others an empty page: what is on it, the server tells administrators alone.
    if (to.meta["role"] === "admin" && session.me?.role !== "admin") return { name: PATHS.list };
    return true;
  });
  return router;
}
