/**
 * Where browsers of a run send everything that is not for this machine: a proxy that lets nothing through and remembers who was
 * asked for. Unlike listening to pages, it also hears service workers, preconnections and whatever the browser does by itself.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const VARIABLE = "FOREIGN_HOSTS_TRAP";
/**
 * What browsers ask for their own sake, whatever page is open. Chromium: whether there is an update, who is signed in to Google, what
 * forms are. Firefox: its settings, and whether there is a network at all.
 */
const BROWSERS_OWN = [
  /^(accounts|clients\d|update|content-autofill|optimizationguide-pa|safebrowsing|redirector|edgedl\.me)\.(google|googleapis|gvt1)\.com$/,
  /\.(mozilla\.(com|net|org)|firefox\.com)$/,
];

export interface Trap {
  /** For the browser's proxy setting. */
  url: string;
  /** Hosts that were asked for by pages and their workers. */
  caught(): string[];
  close(): Promise<void>;
}

export async function openTrap(): Promise<Trap> {
  const hosts = new Set<string>();
  const server = createServer((request, response) => {
    hosts.add(URL.parse(request.url ?? "")?.host ?? "a host without a name");
    response.writeHead(403).end();
  });
  server.on("connect", (request, socket) => {
    hosts.add(request.url ?? "a host without a name");
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caught: () => [...hosts].filter((host) => !isBrowsersOwn(host)).toSorted(),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

function isBrowsersOwn(host: string): boolean {
  return BROWSERS_OWN.some((own) => own.test(host.replace(/:\d+$/, "")));
}

/** From now on browsers of this run are told to use it. */
export function tellBrowsers({ url }: Trap): void {
  process.env[VARIABLE] = url;
}

/** Where the trap of this run is, if there is one. */
export function trapUrl(): string | null {
  return process.env[VARIABLE] ?? null;
}

/** The same as settings of a Firefox, which leaves this machine out by itself. */
export function trappedFirefox(url: string | null): Record<string, boolean | number | string> {
  if (url === null) return {};
  const { hostname, port } = new URL(url);
  return {
    "network.proxy.type": 1,
    "network.proxy.http": hostname,
    "network.proxy.http_port": Number(port),
    "network.proxy.ssl": hostname,
    "network.proxy.ssl_port": Number(port),
  };
}

/** Arguments for a Chromium that sends everything there but what is for this machine: what the tool's own setting would send too. */
export function trapped(url: string | null): string[] {
  return url === null ? [] : [`--proxy-server=${url}`];
}
