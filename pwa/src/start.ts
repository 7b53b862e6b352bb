import { createPinia } from "pinia";
import { createApp } from "vue";
import "vuetify/styles/core";
import "./theme/tokens.css";
import "./theme/vuetify.css";
import "./theme/base.css";
import App from "./App.vue";
import { BUILD } from "./build.ts";
import { browserEdges } from "./composables/browser.ts";
import { listenForInstall } from "./composables/install.ts";
import { restoreLanguage } from "./composables/language.ts";
import { reloadOnceOnMissingFile } from "./composables/missing_file.ts";
import { createTab } from "./net/tab.ts";
import { createPaths } from "./router.ts";
import { TAB } from "./stores/tab.ts";
import { createDesign } from "./theme/vuetify.ts";

/** The one place of the PWA that chooses and wires: the tab, the stores, the design, the paths. */
reloadOnceOnMissingFile({ build: BUILD });

const app = createApp(App);
app.provide(TAB, createTab(browserEdges({ build: BUILD })));
app.use(createPinia());
app.use(createDesign());
app.use(createPaths());
listenForInstall();
// Nothing here is waited for at the top: a catalogue imports from this very file, and would wait for it in turn.
void restoreLanguage().then(() => app.mount("#app"));
