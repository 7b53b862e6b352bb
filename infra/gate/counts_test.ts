import { expect, test } from "bun:test";
import { countBunTest, countPlaywright } from "./counts.ts";

test("the closing lines of bun test are read, whatever the tests printed", () => {
  const output = `
server/problem_test.ts:
(pass) a thing that says 3 pass in its name [0.15ms]
I saw 7 fail today

 12 pass
 1 fail
 30 expect() calls
Ran 13 tests across 2 files. [1.20s]
`;
  expect(countBunTest(output)).toMatchObject({ passed: 12, failed: 1 });
});

test("a skipped test, a planned test and an error outside of tests count as failed", () => {
  expect(countBunTest(" 5 pass\n 1 skip\n 2 todo\n 0 fail\n 1 error\n")).toMatchObject({
    passed: 5,
    failed: 4,
  });
});

test("what failed is named once, without how long it took", () => {
  const output =
    "(fail) a thing > works [1.20ms]\n(pass) another [3ms]\n(skip) a third\n\n(fail) a thing > works [1.20ms]\n";
  expect(countBunTest(output).names).toEqual(["a thing > works", "a third"]);
});

test("Playwright's report is added up, with flaky and skipped tests as failed ones", () => {
  const report = {
    stats: { expected: 9, unexpected: 1, flaky: 1, skipped: 2 },
    errors: [{ message: "setup" }],
    suites: [
      {
        suites: [{ specs: [{ title: "two talk", file: "talk.e2e.ts", tests: [{ status: "unexpected" }] }] }],
        specs: [
          { title: "one reads", file: "read.e2e.ts", tests: [{ status: "expected" }] },
          { title: "one signs in", file: "sign.e2e.ts", tests: [{ status: "flaky" }] },
        ],
      },
    ],
  };
  expect(countPlaywright(JSON.stringify(report))).toEqual({
    passed: 9,
    failed: 5,
    names: ["sign.e2e.ts > one signs in", "talk.e2e.ts > two talk"],
  });
});
