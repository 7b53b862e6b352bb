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

/** Writes down which build it is. */
const buildNote: Plugin = {
  name: "build-note",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "build.json", source: JSON.stringify({ build: BUILD }) });
  },
};

// The tool asks for a default export here.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  define: { __BUILD__: JSON.stringify(BUILD) },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows no data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/api": SERVER,
      "/dev": SERVER,
      "/health": SERVER,
      "/openapi": SERVER,
      "/ws": { target: SERVER, ws: true },
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

function leaveOut(): Plugin {
  return {
    name: "leave-out",
    load: (id) => Object.entries(LEFT_OUT).find(([path]) => id.endsWith(`/vuetify/lib/${path}`))?.[1] ?? null,
  };
}
