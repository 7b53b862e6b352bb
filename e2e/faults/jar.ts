/** Of a certificate that nobody else knows. */
type Trust = { ca: string } | undefined;

/** Bun's WebSocket takes headers and certificates; the DOM's types know none. */
const BunSocket = WebSocket as unknown as new (
  url: string,
  options: { headers: Record<string, string>; tls: Trust },
) => WebSocket;

/** The cookies of one browser, which scripts there cannot see. */
export interface Jar {
  /** `fetch` as a page of `origin` does it. */
  fetch(url: string, request: RequestInit): Promise<Response>;
  openSocket(url: string): WebSocket;
}

export function createJar(origin: string, tls?: Trust): Jar {
  const cookies = new Map<string, string>();

  function header(): string {
    return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const cookie = Bun.Cookie.parse(line);
      if (cookie.value === "" || cookie.maxAge === 0) cookies.delete(cookie.name);
      else cookies.set(cookie.name, cookie.value);
    }
  }

  return {
    async fetch(url, request) {
      const headers = new Headers(request.headers);
      headers.set("cookie", header());
      headers.set("origin", origin);
      headers.set("sec-fetch-site", "same-origin");
      // A connection for each request: which of them share one, and break together, is the browser's business.
      const response = await fetch(url, { ...request, headers, keepalive: false, ...(tls && { tls }) });
      keep(response);
      return response;
    },
    openSocket: (url) => new BunSocket(url, { headers: { cookie: header(), origin }, tls }),
  };
}
