import { createRouter, createWebHistory } from "vue-router";
import type { RouteLocation, Router } from "vue-router";
import { homeAfter } from "./composables/home.ts";
import { useShared } from "./composables/shared.ts";
import { PATHS } from "./paths.ts";
import { SECTIONS } from "./settings.ts";
import { useSession } from "./stores/session.ts";

/**
 * The addresses of the app. Who is not signed in sees only the sign-in page, who is, never sees it; an invite is for both. Its token
 * stands behind the # of the address, also while somebody who has an account signs in to accept it. What another app shares waits
 * for who signs in.
 */
export function createPaths(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: "/invite", name: PATHS.invited, component: () => import("./pages/InvitePage.vue") },
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
            path: "people/invites",
            name: PATHS.invites,
            component: () => import("./components/people/InvitesPanel.vue"),
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
  router.beforeEach(async (to, from) => {
    const session = useSession();
    if (session.state === "unknown") await session.restore();
    // The session may also end while the text is in front of its person.
    if (session.state === "signedOut") for (const place of [from, to]) keepShared(place);
    if (to.name === PATHS.invited) return true;
    const inside = to.name !== PATHS.signIn;
    const signedIn = session.state === "signedIn";
    if (inside !== signedIn) return signedIn ? homeAfter(to.hash) : { name: PATHS.signIn };
    // Only spares others an empty page: what is on it, the server tells administrators alone.
    if (to.meta["role"] === "admin" && session.me?.role !== "admin") return { name: PATHS.list };
    return true;
  });
  return router;
}

function keepShared({ name, hash }: RouteLocation): void {
  if (name === PATHS.share && hash !== "") useShared().keep(hash.slice(1));
}
