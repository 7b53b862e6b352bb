/** Set by the build: when it was made, as an ISO time. */
// oxlint-disable-next-line no-underscore-dangle -- a constant of the build must not look like one of ours.
declare const __BUILD__: string;

/** Trusted Types, as far as we use them; TypeScript's DOM does not know them yet, nor does every browser. */
interface Window {
  trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL: (address: string) => string },
    ): {
      createScriptURL(
        address: string,
      ): Exclude<ConstructorParameters<typeof import("workbox-window").Workbox>[0], string>;
    };
  };
}
