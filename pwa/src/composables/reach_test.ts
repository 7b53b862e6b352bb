import { expect, test } from "bun:test";
import type { Cid, Seq } from "#protocol/ids.ts";
import { ApiProblem } from "../net/api.ts";
import type { TimelineItem } from "../stores/timeline.ts";
import { reach } from "./reach.ts";
import type { Pages } from "./reach.ts";

const PAGE = 10;

/** A conversation from `oldest` to `newest`, of which the newest page is shown. `away`: nothing older can be had. */
function conversation({ oldest, newest, gone = [], away = false }: Held): Pages & { loads: number } {
  let from = newest - PAGE + 1;
  const pages = {
    loads: 0,
    get items() {
      const seqs = Array.from({ length: newest - from + 1 }, (_, index) => from + index);
      return seqs.filter((seq) => !gone.includes(seq)).map(item);
    },
    get more() {
      return from > oldest;
    },
    async loadOlder() {
      pages.loads += 1;
      if (away) throw new ApiProblem({ code: "unreachable", message: "" });
      from = Math.max(oldest, from - PAGE);
    },
  };
  return pages;
}

interface Held {
  oldest: Seq;
  newest: Seq;
  gone?: Seq[];
  away?: boolean;
}

function item(seq: Seq): TimelineItem {
  return { key: `cid ${seq}` as Cid, seq, mine: false, text: "", at: 0, tick: "sent" };
}

test("what is shown needs no page", async () => {
  const pages = conversation({ oldest: 1, newest: 100 });
  expect([await reach(pages, 95), pages.loads]).toEqual(["here", 0]);
});

test("loads page after page until the message is there", async () => {
  const pages = conversation({ oldest: 1, newest: 100 });
  expect([await reach(pages, 42), pages.loads]).toEqual(["here", 5]);
});

test("says when it is gone, and when it cannot be had", async () => {
  expect(await reach(conversation({ oldest: 50, newest: 100 }), 42)).toBe("gone");
  expect(await reach(conversation({ oldest: 1, newest: 100, gone: [42] }), 42)).toBe("gone");
  expect(await reach(conversation({ oldest: 1, newest: 100, away: true }), 42)).toBe("away");
});
