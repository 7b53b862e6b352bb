/**
 * How fast one network may ask this instance for anything: far more than any number of people behind one address do, and little
 * beside what the instance can do. Kept in memory: whoever floods must not make the store work. An answer that refuses also ends
 * the connection, and with it everything that was sent ahead on it.
 */
import { Elysia } from "elysia";
import type { Logger } from "pino";
import type { ClientIp } from "./auth/client_ip.ts";
import { networkOf } from "./auth/client_ip.ts";
import type { Clock } from "./clock.ts";
import { Credits } from "./gateway/credits.ts";
import { Refusal } from "./problem.ts";

/** A page with all its files, opened by a whole office at once, must pass: so many seconds' worth may come together. */
const BURST_SECONDS = 10;
/** How many networks may be remembered before those longest unseen are forgotten. */
const REMEMBERED_MAX = 20_000;
/** The operator is told at most this often. */
const TELL_EVERY_MS = 60_000;

export interface PaceOptions {
  clientIp: ClientIp;
  perSecond: number;
  clock: Clock;
  log: Logger;
  /** Told each time somebody is too fast. */
  throttled: () => void;
}

/** Refuses whoever is too fast, before anything is looked at. Global. */
export function paceCheck({ clientIp, perSecond, clock, log, throttled }: PaceOptions) {
  const pace = { burst: BURST_SECONDS * perSecond, perSecond, clock, throttled };
  const networks = new Map<string, Credits>();
  let toldAt = 0;

  function creditsOf(network: string): Credits {
    const credits = networks.get(network) ?? new Credits(pace);
    networks.delete(network);
    networks.set(network, credits);
    if (networks.size > REMEMBERED_MAX) networks.delete(networks.keys().next().value as string);
    return credits;
  }

  function tell(request: Request): void {
    if (clock() - toldAt < TELL_EVERY_MS) return;
    toldAt = clock();
    const forwarded = request.headers.has("x-forwarded-for");
    // All who come through a proxy that is not trusted are one network.
    log.warn({ forwarded }, "a network asks too fast; if it is a proxy of yours, name it in TRUSTED_PROXIES");
  }

  return new Elysia({ name: "pace" }).onRequest(({ request, server, set }) => {
    const network = networkOf(clientIp(request, server?.requestIP(request)?.address ?? null));
    const waitMs = creditsOf(network).take();
    if (waitMs === 0) return;
    tell(request);
    set.headers["connection"] = "close";
    throw new Refusal("rate_limited", { retryAfterMs: waitMs });
  });
}
