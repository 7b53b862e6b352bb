import { expect, test } from "bun:test";
import { createRandom } from "./random.ts";
import { createSchedule } from "./schedule.ts";

function planned(seed: number, episodes: number): string[] {
  const nextEpisode = createSchedule(createRandom(seed), { only: [] });
  return Array.from({ length: episodes }, (_, number) => nextEpisode(number)).flatMap(({ number, planned }) =>
    planned.map(({ fault, atMs, forMs }) => `${number} ${atMs} ${fault.kind} ${forMs}`),
  );
}

test("the same seed gives the same schedule, another one another", () => {
  expect(planned(7, 8)).toEqual(planned(7, 8));
  expect(planned(8, 8)).not.toEqual(planned(7, 8));
});

test("every kind comes before long", () => {
  const nextEpisode = createSchedule(createRandom(1), { only: [] });
  const kinds = new Set(
    Array.from({ length: 12 }, (_, number) => nextEpisode(number))
      .flatMap((episode) => episode.planned)
      .map(({ fault }) => fault.kind),
  );
  expect(kinds.size).toBeGreaterThanOrEqual(25);
});

test("what takes minutes comes in long rounds alone", () => {
  const kindsOf = (long: boolean): Set<string> => {
    const nextEpisode = createSchedule(createRandom(5), { only: [], long });
    const episodes = Array.from({ length: 40 }, (_, number) => nextEpisode(number));
    return new Set(episodes.flatMap(({ planned }) => planned.map(({ fault }) => fault.kind)));
  };
  expect(kindsOf(true)).toContain("device offline for minutes");
  expect(kindsOf(false)).not.toContain("device offline for minutes");
});

test("two faults never have hold of the same thing at once", () => {
  const nextEpisode = createSchedule(createRandom(3), { only: [] });
  for (let number = 0; number < 20; number++) {
    const { planned } = nextEpisode(number);
    for (const [index, one] of planned.entries()) {
      const during = planned.slice(index + 1).filter(({ atMs }) => atMs < one.atMs + one.forMs);
      const shared = during.flatMap(({ fault }) =>
        fault.needs.filter((need) => need !== "none" && one.fault.needs.includes(need)),
      );
      expect(shared).toEqual([]);
    }
  }
});

test("a kind that nobody knows is an error", () => {
  expect(() => createSchedule(createRandom(1), { only: ["rain"] })).toThrow("no fault of the kind rain");
});
