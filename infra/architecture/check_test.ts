/** Small trees with planted violations: each rule finds its own, and leaves what is allowed alone. */
import { describe, expect, test } from "bun:test";
import { check } from "./check.ts";
import { checkTopLevel } from "./names.ts";

/** Files by path; those that are only imported are empty. */
function broken(files: Record<string, string>): string[] {
  return check(Object.entries(files).map(([path, text]) => ({ path, text })));
}

describe("imports", () => {
  test("an import without its ending is found, with its line", () => {
    expect(broken({ "server/a.ts": '\nimport { b } from "./b";', "server/b.ts": "" })).toEqual([
      "server/a.ts:2 an import names its file with its ending: ./b",
    ]);
  });

  test("an import of a file that is not there is found", () => {
    expect(broken({ "server/a.ts": 'export * from "./gone.ts";' })).toEqual([
      "server/a.ts:1 an import names a file that exists: ./gone.ts",
    ]);
  });

  test("the protocol may import itself by relative path, and nothing else", () => {
    const found = broken({
      "server/protocol/frames.ts": `
        import type { Cid } from "./ids.ts";
        import type { Clock } from "../clock.ts";
        import type { Static } from "@sinclair/typebox";
        import type { Seq } from "#protocol/ids.ts";`,
      "server/protocol/ids.ts": "",
      "server/clock.ts": "",
    });
    expect(found).toEqual([
      "server/protocol/frames.ts:3 the protocol imports nothing of ours, and no package: ../clock.ts",
      "server/protocol/frames.ts:4 the protocol imports nothing of ours, and no package: @sinclair/typebox",
      "server/protocol/frames.ts:5 inside the protocol, files are reached by their relative path: #protocol/ids.ts",
    ]);
  });

  test("the app reaches the server only through #protocol/, in components too", () => {
    const found = broken({
      "pwa/src/App.vue": `<template><p :class='import("../../server/clock.ts")' /></template>
<script setup lang="ts">
import { LIMIT } from "#protocol/limits.ts";
import { systemClock } from "../../server/clock.ts";
</script>`,
      "server/protocol/limits.ts": "",
      "server/clock.ts": "",
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toStartWith("pwa/src/App.vue:4 a file is reached by its relative path");
  });

  test("a type-only import, a dynamic one and an import type count like any other", () => {
    const gateway = { "server/gateway/gateway.ts": "" };
    for (const code of [
      'import type { Gateway } from "../gateway/gateway.ts";',
      'const gateway = await import("../gateway/gateway.ts");',
      'type Gateway = import("../gateway/gateway.ts").Gateway;',
      'export type { Gateway } from "../gateway/gateway.ts";',
    ]) {
      expect(broken({ ...gateway, "server/messages/writer.ts": code })).toEqual([
        "server/messages/writer.ts:1 domains do not import the gateway: ../gateway/gateway.ts",
      ]);
    }
  });

  test("adapters are for app.ts and for tests; ports are for everybody", () => {
    const files = { "server/bus/bus.ts": "", "server/bus/kafka.ts": "", "server/store/redis.ts": "" };
    const code = 'import "./bus/bus.ts"; import "./bus/kafka.ts"; import "./store/redis.ts";';
    const inFolder = 'import "../bus/bus.ts"; import "../bus/kafka.ts";';
    expect(broken({ ...files, "server/app.ts": code })).toEqual([]);
    expect(broken({ ...files, "server/presence/presence_test.ts": inFolder })).toEqual([]);
    expect(broken({ ...files, "server/presence/presence.ts": inFolder })).toEqual([
      "server/presence/presence.ts:1 only app.ts imports adapters: ../bus/kafka.ts",
    ]);
    expect(broken({ ...files, "server/log.ts": code })).toHaveLength(2);
  });

  test("an adapter without a port may be named by its type, not used", () => {
    const files = { "server/mail/mailer.ts": "" };
    const type = 'import type { Mailer } from "./mail/mailer.ts";';
    expect(broken({ ...files, "server/parts.ts": type })).toEqual([]);
    expect(broken({ ...files, "server/parts.ts": type.replace("type ", "") })).toHaveLength(1);
  });

  test("a part of an adapter may import its neighbours", () => {
    const files = { "server/bus/kafka.ts": 'import "./topics.ts";', "server/bus/topics.ts": "" };
    expect(broken(files)).toEqual([]);
  });

  test("product code does not import test code", () => {
    const files = {
      "server/testing/people.ts": "",
      "server/messages/writer.ts": 'import "../testing/people.ts";',
    };
    expect(broken(files)).toEqual([
      "server/messages/writer.ts:1 product code does not import test code: ../testing/people.ts",
    ]);
  });

  test("no Vue in net and db, by whatever name", () => {
    const found = broken({
      "pwa/src/net/socket.ts":
        'import { ref } from "vue"; import "pinia"; import "virtua/vue"; import "idb";',
      "pwa/src/db/open.ts": 'import App from "../App.vue";',
      "pwa/src/App.vue": "",
    });
    expect(found.map((line) => line.split(": ")[1])).toEqual(["vue", "pinia", "virtua/vue", "../App.vue"]);
  });

  test("the gate imports no package, except in its tests", () => {
    const code =
      'import { join } from "node:path"; import { test } from "bun:test"; import ts from "typescript";';
    expect(broken({ "infra/gate/gate.ts": code })).toEqual([
      "infra/gate/gate.ts:1 the gate and the local commands run before anything is installed: typescript",
    ]);
    expect(broken({ "infra/gate/gate_test.ts": code })).toEqual([]);
  });
});

describe("cycles", () => {
  test("a cycle is found and told once, also one of types alone", () => {
    const found = broken({
      "server/a.ts": 'import type { B } from "./b.ts";',
      "server/b.ts": 'import { C } from "./c.ts";',
      "server/c.ts": 'import type { A } from "./a.ts";',
      "server/d.ts": 'import type { A } from "./a.ts";',
    });
    expect(found).toEqual(["server/c.ts:1 no cycles: server/a.ts → server/b.ts → server/c.ts → server/a.ts"]);
  });

  test("a file that imports itself is a cycle, two ways to one file are none", () => {
    expect(broken({ "server/a.ts": 'import "./a.ts";' })).toHaveLength(1);
    const diamond = {
      "server/a.ts": 'import "./b.ts"; import "./c.ts";',
      "server/b.ts": 'import "./d.ts";',
      "server/c.ts": 'import "./d.ts";',
      "server/d.ts": "",
    };
    expect(broken(diamond)).toEqual([]);
  });
});

describe("names", () => {
  test("index files, camelCase files and lower-case components are found", () => {
    const names = ["server/bus/index.ts", "server/codeMail.ts", "pwa/src/app.vue", "pwa/src/Chat-Panel.vue"];
    for (const name of names) expect(broken({ [name]: "" })).toHaveLength(1);
    const good = [
      "server/code_mail.ts",
      "pwa/src/ChatPanel.vue",
      "e2e/playwright.config.ts",
      "e2e/talking.e2e.ts",
    ];
    for (const name of good) expect(broken({ [name]: "" })).toEqual([]);
  });

  test("banned suffixes are found in files and in what they declare", () => {
    expect(broken({ "server/string_utils.ts": "", "server/message_service_test.ts": "" })).toHaveLength(2);
    const code = "class SocketManager {} interface UserInfo {} type RowData = 1; function parseImpl() {}";
    expect(broken({ "server/a.ts": code })).toHaveLength(4);
    expect(broken({ "server/a.ts": "interface DataView {} function serviceWorker() {}" })).toEqual([]);
  });

  test("the top folder holds only what the design names, and dotfiles", () => {
    const entries = ["server", "pwa", "README.md", ".github", ".gitignore", "src", "tsconfig.json"];
    expect(checkTopLevel(entries).map(({ path }) => path)).toEqual(["src", "tsconfig.json"]);
  });
});

describe("habits", () => {
  test("reading the environment outside of the configuration is found, in every spelling", () => {
    for (const code of [
      "const port = process.env.PORT;",
      'const port = Bun.env["PORT"];',
      "if (import.meta.env.DEV) start();",
      'const env = process["env"];',
      "const { env } = process;",
      'import { env } from "node:process";',
    ]) {
      expect(broken({ "server/log.ts": code })).toEqual([
        "server/log.ts:1 only server/config.ts reads the environment",
      ]);
      expect(
        broken({ "server/config.ts": code, "infra/gate/gate.ts": code, "server/log_test.ts": code }),
      ).toEqual([]);
    }
  });

  test("a default export is found, except where a tool demands it", () => {
    expect(
      broken({ "server/a.ts": "export default {};", "server/b.ts": "export default function b() {}" }),
    ).toHaveLength(2);
    expect(broken({ "pwa/vite.config.ts": "export default {};" })).toEqual([]);
  });

  test("a test that does not run is found", () => {
    for (const word of ["skip", "only", "todo", "if"]) {
      expect(broken({ "server/a_test.ts": `test.${word}("x", () => {});` })).toEqual([
        "server/a_test.ts:1 every test runs",
      ]);
    }
  });

  test("a file that is two is found", () => {
    expect(broken({ "server/a.ts": "\n".repeat(251) })).toEqual([
      "server/a.ts:251 a file has at most 250 lines",
    ]);
    expect(broken({ "server/a.ts": "\n".repeat(250), "server/a_test.ts": "\n".repeat(400) })).toEqual([]);
  });
});

describe("wording", () => {
  test("text, names and sentences outside the catalogues are found, each where it stands", () => {
    const found = broken({
      "pwa/src/A.vue": `<template>
  <p>Hello there</p>
  <img alt="A cat" /><a :title="name ? 'Go' : words.app.go" />
  <b>{{ late ? "soon" : words.app.when }}</b>
  <i>{{ \`\${count} left\` }}</i>
</template>
<script setup lang="ts">
const problem = "Something went wrong.";
</script>`,
      "pwa/src/stores/a.ts": 'export const why = "Not saved yet.";',
    });
    expect(found).toEqual([
      "pwa/src/A.vue:8 what people read stands in pwa/src/words: Something went wrong.",
      "pwa/src/A.vue:2 what people read stands in pwa/src/words: Hello there",
      "pwa/src/A.vue:3 what people read stands in pwa/src/words: A cat",
      "pwa/src/A.vue:3 what people read stands in pwa/src/words: Go",
      "pwa/src/A.vue:4 what people read stands in pwa/src/words: soon",
      "pwa/src/A.vue:5 what people read stands in pwa/src/words: left",
      "pwa/src/stores/a.ts:1 what people read stands in pwa/src/words: Not saved yet.",
    ]);
  });

  test("catalogues, errors for the log, names of things and signs that no language has are left alone", () => {
    const found = broken({
      "pwa/src/A.vue": `<template>
  <p class="Big Title" :data-state="late ? 'waiting' : 'gone'">{{ words.app[late ? "soon" : "now"] }} · 5</p>
  <b v-if="state === 'waiting'" aria-label="…">{{ format("short") }}</b>
</template>
<script setup lang="ts">
throw new Error("Opening the page: there is none.");
</script>`,
      "pwa/src/words/en.ts": 'export const en = { app: { soon: "Not yet." } };',
      "server/problem.ts": 'export const sentence = "Not that way.";',
    });
    expect(found).toEqual([]);
  });
});
