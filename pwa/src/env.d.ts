/** Set by the build: when it was made, as an ISO time. */
// oxlint-disable-next-line no-underscore-dangle -- a constant of the build must not look like one of ours.
declare const __BUILD__: string;
