/** Holds compose.yaml and the Dockerfile to what they promise; that they run is for `bun run e2e --stack compose`. */
import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const COMPOSE = await Bun.file(join(ROOT, "compose.yaml")).text();
const DOCKERFILE = await Bun.file(join(ROOT, "infra/image/Dockerfile")).text();
const EXAMPLE = await Bun.file(join(ROOT, ".env.example")).text();

/** They hand files over to those who read them, which takes root; nobody can talk to them. */
const HANDS_OVER = ["secrets", "certificate"];
/** What runs to its end, and is not asked how it is. */
const RUNS_ONCE = [...HANDS_OVER, "migrate"];

interface Container {
  image: string;
  command?: string[] | string;
  stop_grace_period?: string;
  user: string;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  privileged?: boolean;
  network_mode?: string;
  networks?: string[];
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string | number>;
  healthcheck?: { test?: unknown; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

interface ComposeFile {
  services: Record<string, Container>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, null>;
}

const { services, networks, volumes } = Bun.YAML.parse(COMPOSE) as ComposeFile;
const all = Object.entries(services);
const instances = all.filter(([name]) => name.startsWith("instance-"));

describe("every container", () => {
  test.each(all)("%s is read-only, without capabilities and without new privileges", (name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.security_opt).toEqual(["no-new-privileges:true"]);
    expect(service.privileged).toBeUndefined();
    expect(service.cap_add !== undefined).toBe(HANDS_OVER.includes(name));
  });

  test.each(all)("%s is no root, unless it hands files over and has no network", (name, service) => {
    if (HANDS_OVER.includes(name)) expect(service).toMatchObject({ user: "0:0", network_mode: "none" });
    else expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test.each(all)("%s tells how it is, unless it runs to its end", (name, { healthcheck }) => {
    expect(healthcheck?.test !== undefined).toBe(!RUNS_ONCE.includes(name));
  });

  test.each(all)("%s is of a named version", (_, { image }) => {
    expect(image.replace(/^\$\{\w+:-(.*)\}$/, "$1")).toMatch(
      /^[\w./-]+:(\$\{PARLEY_VERSION:-local\}|v?\d[\w.-]*)$/,
    );
  });

  test.each(all)("%s holds no secret in its environment, and no way to the engine", (_, service) => {
    for (const name of Object.keys(service.environment ?? {})) {
      expect(name).not.toMatch(/(PASSWORD|SECRET|TOKEN|KEYS|_URL)$/);
    }
    expect(JSON.stringify(service.volumes ?? [])).not.toContain("docker.sock");
  });

  test.each(all)("%s waits until what it needs is there", (_, { depends_on = {} }) => {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      expect(condition).toBe(
        RUNS_ONCE.includes(needed) ? "service_completed_successfully" : "service_healthy",
      );
    }
  });
});

describe("the networks", () => {
  test("the services are told apart from the world: only Traefik's ports are not on loopback", () => {
    expect(networks["inside"]).toEqual({ internal: true });
    for (const [name, { ports = [] }] of all) {
      const open = ports.filter((port) => !port.startsWith("127.0.0.1:"));
      expect(open.length > 0).toBe(name === "traefik");
    }
  });

  test("what holds data has no way out", () => {
    for (const name of ["postgres", "redis", "kafka"]) {
      expect(services[name]?.networks).toEqual(["inside", "loopback"]);
    }
  });
});

describe("the instances", () => {
  test("are two, configured alike but for where they are found", () => {
    expect(instances).toHaveLength(2);
    const [first, second] = instances.map(([, { environment, ...rest }]) => {
      const { PUBLIC_ORIGIN, ...others } = environment ?? {};
      expect(PUBLIC_ORIGIN).toStartWith("${PUBLIC_ORIGIN:-http://localhost:");
      return { ...rest, environment: others, ports: [], depends_on: {} };
    });
    expect(first).toEqual(second);
  });

  test("set only variables that .env.example documents, and all that production needs", () => {
    const documented = new Set([...EXAMPLE.matchAll(/^([A-Z_]+)=/gm)].map(([, name = ""]) => name));
    const needed = [...EXAMPLE.matchAll(/^# \[production\](?:.*\n)*?([A-Z_]+)=/gm)].map(
      ([, name = ""]) => name,
    );
    expect(needed.length).toBeGreaterThan(4);
    for (const name of ["instance-1", "instance-2", "notify", "migrate"]) {
      const set = Object.keys(services[name]?.environment ?? {});
      expect(set.filter((name) => !documented.has(name))).toEqual([]);
      expect(needed.filter((name) => !set.includes(name) && !set.includes(`${name}_FILE`))).toEqual([]);
    }
  });
});

test("every command of the program that is no errand has a container, with time to stop", () => {
  const commands = all.flatMap(([, { command }]) => (Array.isArray(command) ? [command[0]] : []));
  for (const command of ["notify", "migrate", "mailbox"]) expect(commands).toContain(command);
  for (const name of ["instance-1", "instance-2", "notify"]) {
    // The program cuts itself short after 20 s.
    expect(services[name]?.stop_grace_period).toBe("30s");
  }
});

test("Traefik waits for an answer longer than an instance waits for a dependency, and asks less often than it waits", async () => {
  const routes = Bun.YAML.parse(await Bun.file(join(ROOT, "infra/compose/routes.yaml")).text()) as {
    http: { services: { parley: { loadBalancer: { healthCheck: Record<"interval" | "timeout", string> } } } };
  };
  const { interval, timeout } = routes.http.services.parley.loadBalancer.healthCheck;
  const checks = await Bun.file(join(ROOT, "server/health/checks.ts")).text();
  const [, waitMs = ""] = /CHECK_WITHIN_MS = ([\d_]+)/.exec(checks) ?? [];
  const secondsOf = (text: string) => Number(/^(\d+)s$/.exec(text)?.[1]);
  expect(secondsOf(timeout) * 1_000).toBeGreaterThan(Number(waitMs.replaceAll("_", "")));
  expect(secondsOf(interval)).toBeGreaterThan(secondsOf(timeout));
});

test("every volume that a service names is declared or lies in this repository", () => {
  for (const source of all.flatMap(([, { volumes: mounts = [] }]) =>
    mounts.map((mount) => sourceOf(mount)),
  )) {
    if (source.startsWith("./")) expect([source, exists(source)]).toEqual([source, true]);
    else expect(Object.keys(volumes)).toContain(source);
  }
});

describe("the image", () => {
  const stages = DOCKERFILE.split(/^(?=FROM )/m).slice(1);
  const last = stages.at(-1) ?? "";

  test("takes its bases by argument, of named versions", () => {
    const bases = stages.map((stage) => /^FROM (\S+)/.exec(stage)?.[1] ?? "");
    const given = new Map(
      [...DOCKERFILE.matchAll(/^ARG (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
    );
    expect(bases.at(-1)).toBe("scratch");
    for (const base of bases.slice(0, -1)) {
      const value = given.get(/^\$\{(\w+)\}$/.exec(base)?.[1]);
      expect(value).toMatch(/:[\w.-]+$/);
      expect(value).not.toContain("latest");
    }
  });

  test("is built by the Bun that this repository pins, like the compose services that name one", async () => {
    const { devDependencies } = await Bun.file(join(ROOT, "package.json")).json();
    const named = [...`${DOCKERFILE}${COMPOSE}`.matchAll(/oven\/bun:([\d.]+)/g)].map(
      ([, version]) => version,
    );
    expect(new Set(named)).toEqual(new Set([devDependencies.bun]));
  });

  test("starts as nobody, without a shell, and looks after itself", () => {
    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(last).not.toMatch(/^RUN /m);
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["\/app\/parley", "healthcheck"\]$/m);
    expect(last).toMatch(/^ENTRYPOINT \["\/app\/parley"\]$/m);
  });

  test("has nothing in it that .dockerignore does not let through", async () => {
    const ignore = (await Bun.file(join(ROOT, ".dockerignore")).text()).split("\n");
    expect(ignore.find((line) => line !== "" && !line.startsWith("#"))).toBe("*");
    expect(ignore.filter((line) => line.startsWith("!")).every((line) => exists(line.slice(1)))).toBe(true);
    expect(ignore.join()).not.toContain("!.env");
  });
});

/** `name:/path` and `${VARIABLE:-name}:/path` alike. */
function sourceOf(mount: string): string {
  return /^(?:\$\{\w+:-)?([^:}]+)/.exec(mount)?.[1] ?? mount;
}

function exists(path: string): boolean {
  const full = join(ROOT, path);
  return readdirSync(join(full, "..")).includes(full.slice(full.lastIndexOf("/") + 1));
}
