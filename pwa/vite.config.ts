import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";

/** Where `bun run dev` finds the server that answers what vite does not. */
const SERVER = "http://localhost:3000";

/** Which build this is. The server reads it from /build.json (server/web/asset_table.ts). */
const BUILD = new Date().toISOString();

/** Pictures of the app for who is about to install it, two pixels of the picture to one of the page. */
const NARROW = { form_factor: "narrow", type: "image/webp", sizes: "780x1688" } as const;
const WIDE = { form_factor: "wide", type: "image/webp", sizes: "2560x1600" } as const;

/** Writes down which build it is. */
const buildNote: Plugin = {
  name: "build-note",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "build.json", source: JSON.stringify({ build: BUILD }) });
  },
};

/**
 * The app in few files: a hundred small ones are a third larger together. What somebody needs to sign in stays apart from what they
 * talk with; what few open, or not each time, is loaded then.
 */
const PARTS = [
  { name: "start", tags: ["$initial" as const], priority: 4 },
  { name: "sign_in", test: /\/pages\/(?:SignIn|Invite)Page/, priority: 3 },
  { name: "talk", test: /\/(?:pages\/TalkPage|components\/(?:app|chat|sidebar|talk)\/|net\/)/, priority: 2 },
  { name: "acting", test: /\/components\/acting\/(?!.*Emoji)/, priority: 2 },
  { name: "admin", test: /\/components\/admin\//, priority: 1 },
  {
    name: "panels",
    test: /\/components\/(?:account|diagnosis|help|install|people|settings|share)\//,
    priority: 1,
  },
];

// The tool asks for a default export here.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  define: { __BUILD__: JSON.stringify(BUILD) },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // What loads what, for the budget (infra/local/budget.ts).
    manifest: true,
    target: "es2022",
    // The content security policy allows no data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: PARTS } } },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      // The host stays the one that the browser asked: by it the server tells its own pages from others'.
      "^/(api/|dev/|health/|openapi.json)": { target: SERVER, changeOrigin: false },
      "/ws": { target: SERVER, ws: true, changeOrigin: false },
    },
  },
  plugins: [
    buildNote,
    leaveOut(),
    vue({ features: { optionsAPI: false } }),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "sw",
      filename: "worker.ts",
      // The page registers the worker itself (composables/use_update.ts): one registration, in prompt mode.
      injectRegister: false,
      // The plugin would name the built worker after its source; people and the server know it as /sw.js.
      integration: {
        beforeBuildServiceWorker(options) {
          options.swDest = join(dirname(options.swDest), "sw.js");
          options.injectManifest.swDest = options.swDest;
        },
      },
      // What the app needs to open offline; the icons are for installing it, which needs a network anyway.
      injectManifest: { globPatterns: ["**/*.{html,js,css,svg}"], rollupFormat: "iife" },
      includeManifestIcons: false,
      manifest: {
        id: "/",
        name: "Parley",
        short_name: "Parley",
        description: "One-to-one chat that you host yourself.",
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#f7f5f0",
        theme_color: "#f7f5f0",
        lang: "en",
        dir: "ltr",
        categories: ["social", "communication"],
        // A link into the app, and a shortcut, use the window that is open.
        launch_handler: { client_mode: "navigate-existing" },
        shortcuts: [
          { name: "People", url: "/people" },
          { name: "Invite somebody", url: "/people/invites" },
          { name: "Settings", url: "/settings" },
        ],
        // pwa/sw/share.ts takes it.
        share_target: {
          action: "/share",
          method: "POST",
          enctype: "multipart/form-data",
          params: { title: "title", text: "text", url: "url" },
        },
        // `bun run pictures` takes them.
        screenshots: [
          { ...NARROW, src: "/screenshots/narrow-list.webp", label: "Conversations" },
          { ...NARROW, src: "/screenshots/narrow-chat.webp", label: "A conversation" },
          { ...WIDE, src: "/screenshots/wide.webp", label: "Conversations, and one of them" },
        ],
        icons: [
          { src: "/icons/parley-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icons/parley-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          { src: "/icons/parley.svg", sizes: "any", type: "image/svg+xml" },
        ],
      },
    }),
  ],
});

/**
 * What Vuetify brings along wherever it is used, and nothing here shows: a calendar for its date pickers, English words for what
 * has none of ours, a bar for fields that load.
 */
const LEFT_OUT: Record<string, string> = {
  "composables/date/adapters/vuetify.js": "export class VuetifyDateAdapter {}",
  "locale/en.js": "export default {}",
  "components/VProgressLinear/index.js": "export const VProgressLinear = () => null",
};

/** What does for us in much less than Vuetify has for everybody. */
const SLIM: Record<string, string> = {
  "composables/theme.js": "theme.ts",
  "composables/locale.js": "locale.ts",
  "components/VBtn/index.js": "button.ts",
  "components/VIcon/index.js": "icon.ts",
  "components/VProgressCircular/index.js": "progress.ts",
};

function leaveOut(): Plugin {
  return {
    name: "leave-out",
    enforce: "pre",
    async resolveId(source, importer) {
      const found = await this.resolve(source, importer, { skipSelf: true });
      const slim = found && inVuetify(SLIM, found.id);
      return slim ? fileURLToPath(new URL(`src/theme/slim/${slim}`, import.meta.url)) : found;
    },
    load: (id) => inVuetify(LEFT_OUT, id),
  };
}

function inVuetify(table: Record<string, string>, id: string): string | null {
  return Object.entries(table).find(([path]) => id.endsWith(`/vuetify/lib/${path}`))?.[1] ?? null;
}
