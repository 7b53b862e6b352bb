import { beforeEach, describe, expect, test } from "bun:test";
import { Registry } from "prom-client";
import { createTraffic, fieldOf, kindOf } from "./traffic.ts";
import type { Traffic } from "./traffic.ts";

const EVENT = '{"type":"event","cursor":7,"kind":"message","text":"hello"}';

let registry: Registry;
let traffic: Traffic;

beforeEach(() => {
  registry = new Registry();
  traffic = createTraffic(registry);
});

describe("the traffic of an instance", () => {
  test("counts a frame that is fanned out once for each connection, and once when a slow one dropped it", async () => {
    traffic.fannedOut(EVENT, { connections: 3, taken: 60 });
    traffic.fannedOut(EVENT, { connections: 2, taken: 0 });
    traffic.sent(EVENT, 60);
    traffic.sent(EVENT, -1);
    traffic.sent(EVENT, 0);
    const text = await registry.metrics();
    expect(text).toContain('parley_frames_sent_total{kind="event"} 8');
    expect(text).toContain('parley_frames_dropped_total{by="publish"} 1');
    expect(text).toContain('parley_frames_dropped_total{by="send"} 1');
  });

  test("gives what a client makes up no series of its own: close codes, kinds", async () => {
    for (const code of [4000, 4001, 3123, 4999, 4321]) traffic.closed(code, 1_000);
    traffic.received("refused");
    const text = await registry.metrics();
    expect(text).toContain('parley_connections_closed_total{code="4000"} 1');
    expect(text).toContain('parley_connections_closed_total{code="other"} 3');
    expect(text).not.toMatch(/3123|4999|4321/);
    expect(text).toContain('parley_frames_received_total{kind="other"} 1');
    expect(text).toContain("parley_connection_lifetime_seconds_sum 5");
  });

  test("counts a hello by what it came to, and a healed hole only on a live connection", async () => {
    traffic.resumed({ is: "events" }, { again: false });
    traffic.resumed({ is: "events" }, { again: true });
    traffic.resumed({ is: "current" }, { again: true });
    traffic.resumed({ is: "resync", reason: "floor" }, { again: false });
    const text = await registry.metrics();
    expect(text).toContain('parley_resumes_total{result="events"} 2');
    expect(text).toContain('parley_resyncs_total{reason="floor"} 1');
    expect(text).toContain("parley_gaps_healed_total 1");
  });
});

test("what a frame is and says is read without decoding it", () => {
  const refused = JSON.stringify({ type: "refused", code: "rate_limited", retryAfterMs: 5 });
  expect([kindOf(EVENT), kindOf(refused)]).toEqual(["event", "refused"]);
  expect([fieldOf(refused, "code"), fieldOf(EVENT, "code")]).toEqual(["rate_limited", ""]);
});
