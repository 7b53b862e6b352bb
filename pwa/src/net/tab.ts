/** What one tab does while a person is signed in: the socket, the cursor, the outbox, presence. No Vue in here. */
export interface Tab {
  /** Lets go of the socket and the database. */
  close(): void;
}

/** What a tab needs from the browser. `composables/browser.ts` gathers it; tests lend their own. */
export interface TabEdges {
  /** When this build was made, as an ISO time. */
  build: string;
}

export function createTab(_edges: TabEdges): Tab {
  return { close() {} };
}
