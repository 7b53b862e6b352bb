/** Told of what goes over the sockets, for whoever counts it. Nothing here may throw or wait. */
export interface TrafficWatch {
  opened(): void;
  closed(code: number, lifetimeMs: number): void;
  /** A frame came in. `kind`: the command's type, or what is wrong with it. */
  received(kind: string): void;
  /** An encoded frame went to one connection; `taken` is what the socket said of it: 0 means dropped. */
  sent(frame: string, taken: number): void;
}
