/** What a person gets from `parley setup`, and what becomes of what they change. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { render } from "./render.ts";
import { allOf, type Resource } from "./resource.ts";
import { makeSite, setupArguments, type Site } from "./site.ts";

const OWNER_ONLY = 0o600;
/** A loaded machine may take its time to render. */
const PATIENCE_MS = 60_000;

let one: Site;
let other: Site;

beforeAll(async () => {
  one = await makeSite("single");
  other = await makeSite("single");
}, PATIENCE_MS);

afterAll(async () => {
  for (const { folder } of [one, other]) await rm(folder, { recursive: true });
}, PATIENCE_MS);

test(
  "setup makes secrets that only their owner reads, and no two sites share",
  async () => {
    for (const name of ["secrets.env", "postgres.env", "valkey.conf"]) {
      const path = join(one.site, name);
      expect((await stat(path)).mode & 0o777).toBe(OWNER_ONLY);
      expect(await readFile(path, "utf8")).not.toBe(await readFile(join(other.site, name), "utf8"));
    }
  },
  PATIENCE_MS,
);

test(
  "setup again, even for another domain, overwrites nothing",
  async () => {
    const before = await filesOf(one.site);
    const said = await one.run(setupArguments("elsewhere.example.net"));
    expect(said).not.toContain("made");
    expect(await filesOf(one.site)).toEqual(before);
  },
  PATIENCE_MS,
);

test(
  "setup makes what is missing again, and only that",
  async () => {
    await rm(join(other.site, "operations.env"));
    const before = await filesOf(other.site);
    await other.run([...setupArguments("chat.example.net"), "--staging"]);
    const { "operations.env": made, ...rest } = await filesOf(other.site);
    expect(rest).toEqual(before);
    expect(made).toContain("CLUSTER_ISSUER=letsencrypt-staging");
    expect(JSON.stringify(allOf(await render(other.site), "Ingress"))).toContain("letsencrypt-staging");
  },
  PATIENCE_MS,
);

test(
  "setup refuses what is no domain and no mail server, by name",
  async () => {
    await expect(one.run(setupArguments("https://chat.example.net"))).rejects.toThrow("--domain wants");
    await expect(one.run(["setup", "--domain", "chat.example.net", "--smtp", "mail"])).rejects.toThrow(
      "--smtp wants",
    );
    await expect(one.run(["setup", "--domian", "chat.example.net"])).rejects.toThrow("--domian");
  },
  PATIENCE_MS,
);

test(
  "a schedule that the site changes becomes the CronJob's",
  async () => {
    const file = join(one.site, "operations.env");
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(/^PURGE_SCHEDULE=.*$/m, "PURGE_SCHEDULE=30 4 * * *"),
    );
    const jobs = allOf<{ spec: { schedule: string } }>(await render(one.site), "CronJob");
    expect(jobs.find(({ metadata }) => metadata.name === "parley-purge")?.spec.schedule).toBe("30 4 * * *");
  },
  PATIENCE_MS,
);

test(
  "a changed secret has another name, which the instances ask for: so they are rolled",
  async () => {
    const nameBefore = secretName(await render(one.site));
    await appendFile(join(one.site, "secrets.env"), "SMTP_URL_OF_LATER=smtps://mail.example.net\n");
    const after = await render(one.site);
    expect(secretName(after)).not.toBe(nameBefore);
    expect(JSON.stringify(allOf(after, "Deployment"))).toContain(`"secretName":"${secretName(after)}"`);
  },
  PATIENCE_MS,
);

test(
  "without a site or an image, deploying says what comes first",
  async () => {
    await expect(one.run(["deploy"])).rejects.toThrow("parley image");
    await rm(one.site, { recursive: true });
    await expect(one.run(["deploy"])).rejects.toThrow("parley setup");
  },
  PATIENCE_MS,
);

test(
  "what it does not know it answers with its usage",
  async () => {
    expect(await other.run(["help"])).toContain("Usage: infra/k3s/parley COMMAND");
    await expect(other.run(["dance"])).rejects.toThrow("Usage");
  },
  PATIENCE_MS,
);

test(
  "the page for people takes at most ten commands to HTTPS, and names only commands that there are",
  async () => {
    const page = await readFile(join(import.meta.dir, "../README.md"), "utf8");
    const [, section = ""] = page.split("## On k3s");
    const [, first = ""] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
    const commands = first.trim().split("\n");
    expect(commands.length).toBeWithin(5, 11);
    expect(commands.join("\n")).toMatch(/ setup [\s\S]* cluster\n[\s\S]* image\n[\s\S]* deploy\n/);

    const usage = await other.run(["help"]);
    const named = [...section.matchAll(/infra\/k3s\/parley ([a-z]+)/g)].map(([, command = ""]) => command);
    expect(named.filter((command) => !usage.includes(`\n  ${command} `))).toEqual([]);
  },
  PATIENCE_MS,
);

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
}

function secretName(resources: Resource[]): string {
  const names = allOf(resources, "Secret").map(({ metadata }) => metadata.name);
  return names.find((name) => name.startsWith("parley-secrets-")) ?? "";
}
