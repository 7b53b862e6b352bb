/** The program as a container engine meets it: by command, environment, signal and exit code. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "main.ts");

test("healthcheck ends with 0 when it is answered well, else with 1 and a reason", async () => {
  let status = 200;
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(null, { status }),
  });
  const url = `http://127.0.0.1:${server.port}/health/ready`;
  expect(await run(["healthcheck", url])).toEqual({ code: 0, errors: "" });
  expect(await run(["healthcheck"], { HOST: "127.0.0.1", PORT: String(server.port) })).toMatchObject({
    code: 0,
  });
  status = 503;
  expect(await run(["healthcheck", url])).toEqual({ code: 1, errors: `${url} answered 503\n` });
});

test("a start with a missing and a weak secret is refused, and says which", async () => {
  const weak = { PARLEY_KEYS: `k1:${Buffer.alloc(32).toString("base64")}` };
  const { code, errors } = await run(["serve"], { NODE_ENV: "production", ...weak });
  expect(code).toBe(1);
  expect(errors).toContain("DATABASE_URL must be set in production");
  expect(errors).toContain("PARLEY_KEYS has a weak key, k1");
});

test("the mailbox needs no configuration, and ends well when it is told to", async () => {
  const mailbox = start(["mailbox", "--smtp", "0", "--http", "0"]);
  const reader = mailbox.stdout.getReader();
  const { value } = await reader.read();
  const { page } = JSON.parse(new TextDecoder().decode(value));
  expect((await fetch(page)).status).toBe(200);
  mailbox.kill("SIGTERM");
  expect(await mailbox.exited).toBe(0);
});

/** Not what this shell may name: the program is ruled by `env` alone. */
function start(args: string[], env: Record<string, string> = {}) {
  return Bun.spawn([process.execPath, "--no-env-file", MAIN, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(args: string[], env?: Record<string, string>): Promise<{ code: number; errors: string }> {
  const program = start(args, env);
  const [errors, code] = await Promise.all([program.stderr.text(), program.exited]);
  return { code, errors };
}
