/**
 * Where pushes may go. A subscription's address comes from a browser, and this server sends requests to it: so only push
 * services that are known are asked, never an address inside the host's own network.
 */

/** Subdomains included. Chrome, Edge and others by Google; Firefox; Safari; Edge on Windows. */
export const PUSH_HOSTS = [
  "fcm.googleapis.com",
  "push.services.mozilla.com",
  "push.apple.com",
  "notify.windows.com",
];

const ENDPOINT_MAX_CHARS = 2_000;

/** `hosts`: names whose subdomains count too; one with a scheme and a port, like http://127.0.0.1:8080, is that origin alone. */
export function isPushEndpoint(endpoint: string, hosts: readonly string[]): boolean {
  if (endpoint.length > ENDPOINT_MAX_CHARS || !URL.canParse(endpoint)) return false;
  const { protocol, hostname, port, username, password, origin } = new URL(endpoint);
  if (username !== "" || password !== "") return false;
  if (hosts.includes(origin)) return true;
  if (protocol !== "https:" || port !== "") return false;
  return hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`));
}
