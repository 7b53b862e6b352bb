/** Set by the build: when it was made, as an ISO time. */
declare const __BUILD__: string;
