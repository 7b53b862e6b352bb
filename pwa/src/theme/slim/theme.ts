/** In place of Vuetify's themes, which are off here (`theme/vuetify.ts`): its components ask for one all the same. */
const NONE = { value: undefined };
const theme = { install: () => {}, isDisabled: true, themeClasses: NONE };

export const ThemeSymbol = Symbol.for("vuetify:theme");
export const makeThemeProps = () => ({ theme: String });
export const createTheme = (): typeof theme => theme;
export const provideTheme = (): typeof theme => theme;
export const useTheme = (): typeof theme => theme;
