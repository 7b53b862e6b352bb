/** For tests only: what a browser does for a page of the product: names its origin, speaks JSON, keeps cookies. */

export interface Answer {
  status: number;
  headers: Headers;
  /** The JSON body; null when there was none. */
  body: unknown;
}

export type Browser = ReturnType<typeof browserAt>;

/** A browser with a page of `url` open. `headers` go with every request. */
export function browserAt(url: string, headers: Record<string, string> = {}) {
  const jar = new Map<string, string>();

  async function request(method: string, path: string, body?: unknown): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url + path, {
      method,
      headers: {
        origin: url,
        ...(cookie !== "" && { cookie }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const text of response.headers.getSetCookie()) keep(text);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  }

  function keep(text: string): void {
    const { name, value, maxAge } = Bun.Cookie.parse(text);
    if (maxAge === 0) jar.delete(name);
    else jar.set(name, value);
  }

  return {
    cookies: jar,
    get: (path: string) => request("GET", path),
    post: (path: string, body: unknown) => request("POST", path, body),
    patch: (path: string, body: unknown) => request("PATCH", path, body),
    delete: (path: string) => request("DELETE", path),
  };
}
