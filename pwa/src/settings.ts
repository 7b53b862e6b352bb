/** The sections of the settings, in the order they are shown: one here has its row in the list, and its address. */
import {
  mdiAccountOutline,
  mdiBellOutline,
  mdiCellphoneArrowDown,
  mdiDatabaseOutline,
  mdiDevices,
  mdiPulse,
  mdiShieldAccountOutline,
  mdiTranslate,
} from "@mdi/js";
import type { Component } from "vue";
import { PATHS } from "./paths.ts";
import { LANGUAGES } from "./words/language.ts";
import { language, words } from "./words/words.ts";

export interface Section {
  /** Name of its address, which is `/settings/NAME`. */
  name: string;
  icon: string;
  title: () => string;
  hint: () => string;
  /** Shows itself in a `PanelPage` whose `up` is the list of sections. */
  component: () => Promise<Component>;
}

export const SECTIONS: readonly Section[] = [
  {
    name: PATHS.profile,
    icon: mdiAccountOutline,
    title: () => words.profile.title,
    hint: () => words.profile.hint,
    component: () => import("./components/settings/ProfilePanel.vue"),
  },
  {
    name: PATHS.privacy,
    icon: mdiShieldAccountOutline,
    title: () => words.privacy.title,
    hint: () => words.privacy.hint,
    component: () => import("./components/settings/PrivacyPanel.vue"),
  },
  {
    name: PATHS.notifications,
    icon: mdiBellOutline,
    title: () => words.notifications.title,
    hint: () => words.notifications.hint,
    component: () => import("./components/settings/NotificationsPanel.vue"),
  },
  {
    name: PATHS.devices,
    icon: mdiDevices,
    title: () => words.devices.title,
    hint: () => words.devices.hint,
    component: () => import("./components/account/DevicesPanel.vue"),
  },
  {
    name: PATHS.ownData,
    icon: mdiDatabaseOutline,
    title: () => words.ownData.title,
    hint: () => words.ownData.hint,
    component: () => import("./components/account/OwnDataPanel.vue"),
  },
  {
    name: PATHS.diagnosis,
    icon: mdiPulse,
    title: () => words.diagnosis.title,
    hint: () => words.diagnosis.hint,
    component: () => import("./components/diagnosis/DiagnosisPanel.vue"),
  },
  {
    name: PATHS.language,
    icon: mdiTranslate,
    title: () => words.language.title,
    hint: () => LANGUAGES[language()],
    component: () => import("./components/settings/LanguagePanel.vue"),
  },
  {
    name: PATHS.install,
    icon: mdiCellphoneArrowDown,
    title: () => words.install.section,
    hint: () => words.install.hint,
    component: () => import("./components/install/InstallPanel.vue"),
  },
];
