/** Who is asking, as an address to count by. `X-Forwarded-For` is anybody's word, so only known proxies are believed. */
import { BlockList, isIP } from "node:net";

/** Hextets of an IPv6 address, and how many of them name one customer's network: a /64. */
const HEXTETS = 8;
const NETWORK_HEXTETS = 4;

/** What stands for an address when the peer has none (a unix socket): all such requests are counted together. */
const NO_ADDRESS = "none";

/** Address of the client of `request`; `peer` is the other end of the TCP connection. */
export type ClientIp = (request: Request, peer: string | null) => string;

/** `trustedProxies`: addresses and CIDR ranges. Throws on one that is neither. */
export function createClientIp(trustedProxies: readonly string[]): ClientIp {
  const trusted = blockListOf(trustedProxies);
  const isTrusted = (ip: string) => trusted.check(ip, familyOf(ip));

  /** The right-most address that no trusted proxy has: what stands left of it could be made up. */
  return (request, peer) => {
    let client = parseIp(peer ?? "") ?? NO_ADDRESS;
    const hops = request.headers.get("x-forwarded-for")?.split(",") ?? [];
    while (client !== NO_ADDRESS && isTrusted(client)) {
      const next = parseIp(hops.pop() ?? "");
      if (next === null) break;
      client = next;
    }
    return client;
  };
}

/** What is counted together: an IPv4 address, or the /64 that an IPv6 customer can roam in. */
export function networkOf(ip: string): string {
  return isIP(ip) === 6 ? hextetsOf(ip).slice(0, NETWORK_HEXTETS).join(":") : ip;
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/", 2);
    const ip = parseIp(address);
    const prefix = bits === undefined ? null : Number(bits);
    const max = isIP(ip ?? "") === 6 ? 128 : 32;
    if (ip === null || (prefix !== null && !(Number.isInteger(prefix) && prefix >= 0 && prefix <= max))) {
      throw new Error(`TRUSTED_PROXIES: ${range} is neither an address nor a CIDR range`);
    }
    if (prefix === null) list.addAddress(ip, familyOf(ip));
    else list.addSubnet(ip, prefix, familyOf(ip));
  }
  return list;
}

function familyOf(ip: string): "ipv4" | "ipv6" {
  return isIP(ip) === 6 ? "ipv6" : "ipv4";
}

/** The address without port, brackets or zone, IPv4 in IPv6 as IPv4; null when it is none. */
function parseIp(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](?::\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/%.*$/, "");
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : null;
  const hextets = hextetsOf(bare);
  const isMapped = hextets.slice(0, 6).join(":") === "0:0:0:0:0:ffff";
  return isMapped ? dottedOf(hextets.slice(6)) : bare;
}

function hextetsOf(ip: string): string[] {
  // The URL parser writes every spelling of an IPv6 address in the one canonical way.
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const left = head.split(":").filter(Boolean);
  const right = (tail ?? "").split(":").filter(Boolean);
  return [...left, ...Array<string>(HEXTETS - left.length - right.length).fill("0"), ...right];
}

function dottedOf(hextets: readonly string[]): string {
  return hextets.flatMap((hextet) => [parseInt(hextet, 16) >> 8, parseInt(hextet, 16) & 0xff]).join(".");
}
