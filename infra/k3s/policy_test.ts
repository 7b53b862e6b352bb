/** Holds the rules against both overlays, as a site renders them; and against broken copies, which each rule must notice. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { render } from "./render.ts";
import { allOf, type Resource, type Rule } from "./resource.ts";
import { environment, type Reader, type ReadConfig } from "./rules/environment.ts";
import { hardening } from "./rules/hardening.ts";
import { type End, network, reaches } from "./rules/network.ts";
import { references } from "./rules/references.ts";
import { rollout } from "./rules/rollout.ts";
import { addComponent, makeSite, type Site } from "./site.ts";

/** The overlays alone, and each with the components that a site may add. */
const KINDS = ["single", "ha", "single, watched", "ha, watched"] as const;
type Kind = (typeof KINDS)[number];

/** From outside, as an operator meets it: the server's reader is not part of what is compiled here. */
const SERVER_CONFIG = join(import.meta.dir, "../../server/config.ts");

const sites = new Map<Kind, Site>();
const rendered = new Map<Kind, Resource[]>();
let reader: Reader;
let secrets = "";

/** A loaded machine may take its time to render. */
const PATIENCE_MS = 60_000;

beforeAll(async () => {
  await Promise.all(KINDS.map(prepare));
  secrets = await mkdtemp(join(tmpdir(), "parley-secrets-"));
  const { readConfig }: { readConfig: ReadConfig } = await import(SERVER_CONFIG);
  let written = 0;
  const writeSecret = (text: string) => {
    const path = join(secrets, String(written++));
    writeFileSync(path, text);
    return path;
  };
  reader = { readConfig, writeSecret };
}, PATIENCE_MS);

async function prepare(kind: Kind): Promise<void> {
  const site = await makeSite(kind.startsWith("ha") ? "ha" : "single");
  sites.set(kind, site);
  if (kind.endsWith("watched")) await addComponent(site, "monitoring");
  if (kind === "ha, watched") await addComponent(site, "hpa-connections");
  rendered.set(kind, await render(site.site));
}

afterAll(async () => {
  for (const { folder } of sites.values()) await rm(folder, { recursive: true });
  await rm(secrets, { recursive: true, force: true });
});

function resourcesOf(kind: Kind): Resource[] {
  const resources = rendered.get(kind);
  if (resources === undefined) throw new Error(`${kind} was not rendered`);
  return resources;
}

const RULES: Record<string, Rule> = {
  hardening,
  references,
  network,
  rollout,
  environment: (resources) => environment(resources, reader),
};

describe.each([...KINDS])("%s", (kind) => {
  test.each(Object.keys(RULES))("breaks no rule of %s", (rule) => {
    expect(RULES[rule]?.(resourcesOf(kind))).toEqual([]);
  });

  test("has its domain in both Ingresses and in the certificate, and its issuer", () => {
    const text = JSON.stringify(allOf(resourcesOf(kind), "Ingress"));
    expect(text).not.toContain("chat.example.org");
    expect(text.match(/chat\.example\.net/g)).toHaveLength(3);
    expect(text).toContain('"cert-manager.io/cluster-issuer":"letsencrypt-production"');
  });

  test("names no secret in clear but in a Secret", () => {
    const elsewhere = JSON.stringify(resourcesOf(kind).filter((resource) => resource.kind !== "Secret"));
    expect(elsewhere).not.toMatch(/postgres:\/\/|redis:\/\/|smtps:\/\/|k1:|requirepass/);
  });
});

describe("who reaches whom", () => {
  const component = (name: string): End => ({
    namespace: "parley",
    labels: { "app.kubernetes.io/name": "parley", "app.kubernetes.io/component": name },
  });
  const part = (name: string, component = name): End => ({
    namespace: "parley",
    labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/component": component },
  });
  const server = component("server");
  const traefik: End = { namespace: "kube-system", labels: { "app.kubernetes.io/name": "traefik" } };
  const stranger: End = { namespace: "elsewhere", labels: { "app.kubernetes.io/name": "parley" } };
  const open = (kind: Kind, ends: { from: End; to: End; port: number }) => reaches(resourcesOf(kind), ends);

  test("people reach the server through Traefik, and nobody its metrics from there", () => {
    for (const kind of KINDS) {
      expect(open(kind, { from: traefik, to: server, port: 3000 })).toBe(true);
      expect(open(kind, { from: traefik, to: server, port: 9464 })).toBe(false);
      expect(open(kind, { from: traefik, to: component("notify"), port: 9464 })).toBe(false);
      expect(open(kind, { from: stranger, to: server, port: 3000 })).toBe(false);
    }
  });

  test("every command of the server reaches what it works on, in single", () => {
    for (const name of ["server", "notify", "migrate", "purge"]) {
      const from = component(name);
      expect(open("single", { from, to: part("postgres"), port: 5432 })).toBe(true);
      expect(open("single", { from, to: part("valkey"), port: 6379 })).toBe(true);
      expect(open("single", { from, to: part("kafka"), port: 9092 })).toBe(true);
    }
  });

  test("and in ha, where operators make the pods", () => {
    const postgres: End = { namespace: "parley", labels: { "cnpg.io/cluster": "parley-postgres" } };
    for (const name of ["server", "notify", "migrate", "purge", "backup", "restore"]) {
      expect(open("ha", { from: component(name), to: postgres, port: 5432 })).toBe(true);
    }
    expect(open("ha", { from: postgres, to: postgres, port: 5432 })).toBe(true);
    expect(open("ha", { from: stranger, to: postgres, port: 5432 })).toBe(false);
    expect(open("ha", { from: part("valkey"), to: part("valkey"), port: 6379 })).toBe(true);
  });

  test("Prometheus reaches the metrics where it runs, Grafana reaches Prometheus, and nobody else does", () => {
    const [prometheus, grafana] = [part("prometheus", "monitoring"), part("grafana", "monitoring")];
    expect(open("single, watched", { from: prometheus, to: server, port: 9464 })).toBe(true);
    expect(open("single, watched", { from: prometheus, to: component("notify"), port: 9464 })).toBe(true);
    expect(open("single, watched", { from: grafana, to: prometheus, port: 9090 })).toBe(true);
    expect(open("single, watched", { from: grafana, to: server, port: 9464 })).toBe(false);
    expect(open("single, watched", { from: traefik, to: grafana, port: 3000 })).toBe(false);
    expect(open("single, watched", { from: prometheus, to: server, port: 3000 })).toBe(false);
    expect(open("single", { from: prometheus, to: server, port: 9464 })).toBe(false);
  });

  test("a backup reaches the database and nothing else; services reach nobody", () => {
    const from = component("backup");
    expect(open("single", { from, to: part("postgres"), port: 5432 })).toBe(true);
    expect(open("single", { from, to: part("valkey"), port: 6379 })).toBe(false);
    expect(open("single", { from, to: part("kafka"), port: 9092 })).toBe(false);
    expect(open("single", { from, to: server, port: 3000 })).toBe(false);
    expect(open("single", { from: part("postgres"), to: part("valkey"), port: 6379 })).toBe(false);
    expect(open("single", { from: part("kafka"), to: server, port: 3000 })).toBe(false);
    expect(open("single", { from: stranger, to: part("postgres"), port: 5432 })).toBe(false);
  });
});

test("out of the cluster go mails of the server and pushes of the notifier, and nothing else", () => {
  for (const kind of KINDS) {
    const leaving = allOf<INetworkPolicy>(resourcesOf(kind), "NetworkPolicy").flatMap(({ spec }) =>
      (spec?.egress ?? [])
        .filter(({ to }) => to?.some(({ ipBlock }) => ipBlock !== undefined))
        .map(({ ports }) => [
          spec?.podSelector?.matchLabels?.["app.kubernetes.io/component"],
          ports?.map(({ port }) => port),
        ]),
    );
    expect(leaving.toSorted()).toEqual([
      ["notify", [443]],
      ["server", [25, 465, 587]],
    ]);
  }
});

test("a budget for disruptions is in ha only: on one node it would keep a drain from ending", () => {
  const budgets = KINDS.map((kind) => allOf(resourcesOf(kind), "PodDisruptionBudget").length);
  expect(budgets).toEqual([0, 1, 0, 1]);
});

test(
  "what a cluster needs once renders, with pinned charts, and keeps the callers' addresses",
  async () => {
    const folders = ["base", "ha", "issuers", "dns01"].map((name) => join(import.meta.dir, "cluster", name));
    const resources = (await Promise.all(folders.map(render))).flat();
    for (const { metadata, spec } of allOf<{ spec: { version?: string } }>(resources, "HelmChart")) {
      expect([metadata.name, spec.version]).toEqual([
        metadata.name,
        expect.stringMatching(/^v?\d+\.\d+\.\d+$/),
      ]);
    }
    const settings = allOf<{ spec: { valuesContent: string } }>(resources, "HelmChartConfig");
    expect(settings).toHaveLength(2);
    for (const { spec } of settings) {
      expect(Bun.YAML.parse(spec.valuesContent)).toMatchObject({
        service: { spec: { externalTrafficPolicy: "Local" } },
      });
    }
    const issuers = allOf(resources, "ClusterIssuer").map(({ metadata }) => metadata.name);
    expect(issuers.toSorted()).toEqual([
      "letsencrypt-dns01",
      "letsencrypt-production",
      "letsencrypt-staging",
    ]);
  },
  PATIENCE_MS,
);

/** A path of keys, and what to put there; undefined takes it away. */
type Planted = [
  what: string,
  rule: keyof typeof RULES,
  of: string,
  path: (string | number)[],
  value: unknown,
  said: string,
];

const POD = ["spec", "template", "spec"];
const CONTAINER = [...POD, "containers", 0];
const PLANTED: Planted[] = [
  [
    "a pod that may be root",
    "hardening",
    "Deployment/parley",
    [...POD, "securityContext", "runAsNonRoot"],
    false,
    "may run as root",
  ],
  [
    "no seccomp profile",
    "hardening",
    "StatefulSet/kafka",
    [...POD, "securityContext", "seccompProfile"],
    undefined,
    "has no seccomp profile",
  ],
  [
    "a token",
    "hardening",
    "Job/parley-migrate",
    [...POD, "automountServiceAccountToken"],
    undefined,
    "carries a token",
  ],
  [
    "a folder of the node",
    "hardening",
    "StatefulSet/postgres",
    [...POD, "volumes", 0],
    { name: "first-start", hostPath: { path: "/" } },
    "mounts its node's folder",
  ],
  [
    "a scratch folder without end",
    "hardening",
    "Deployment/parley",
    [...POD, "volumes", 1, "emptyDir"],
    {},
    "may fill its node",
  ],
  [
    "a root that can be written",
    "hardening",
    "StatefulSet/valkey",
    [...CONTAINER, "securityContext", "readOnlyRootFilesystem"],
    false,
    "may write to its root",
  ],
  [
    "capabilities kept",
    "hardening",
    "Deployment/parley",
    [...CONTAINER, "securityContext", "capabilities"],
    { drop: ["NET_RAW"] },
    "keeps capabilities",
  ],
  [
    "capabilities added",
    "hardening",
    "Deployment/parley",
    [...CONTAINER, "securityContext", "capabilities"],
    { drop: ["ALL"], add: ["NET_ADMIN"] },
    "adds capabilities",
  ],
  [
    "privileges to gain",
    "hardening",
    "Deployment/parley",
    [...CONTAINER, "securityContext", "allowPrivilegeEscalation"],
    undefined,
    "may gain privileges",
  ],
  [
    "the latest image",
    "hardening",
    "StatefulSet/postgres",
    [...CONTAINER, "image"],
    "postgres:latest",
    "has no fixed version",
  ],
  [
    "an image without a tag",
    "hardening",
    "StatefulSet/postgres",
    [...CONTAINER, "image"],
    "registry.example.org:5000/postgres",
    "has no fixed version",
  ],
  [
    "no limit of memory",
    "hardening",
    "Deployment/parley",
    [...CONTAINER, "resources", "limits"],
    { cpu: "1" },
    "has no limit of memory",
  ],
  [
    "nothing requested",
    "hardening",
    "CronJob/parley-purge",
    ["spec", "jobTemplate", ...CONTAINER, "resources", "requests"],
    undefined,
    "requests no cpu",
  ],
  [
    "no probe",
    "hardening",
    "StatefulSet/kafka",
    [...CONTAINER, "livenessProbe"],
    undefined,
    "has no livenessProbe",
  ],
  [
    "a namespace that lets everything in",
    "hardening",
    "Namespace/parley",
    ["metadata", "labels"],
    {},
    "does not enforce",
  ],
  [
    "an account with a token",
    "hardening",
    "ServiceAccount/parley",
    ["automountServiceAccountToken"],
    true,
    "hands out tokens",
  ],

  [
    "a Service for nobody",
    "references",
    "Service/parley",
    ["spec", "selector", "app.kubernetes.io/component"],
    "sever",
    "selects no pods",
  ],
  [
    "a Service to no port",
    "references",
    "Service/parley-metrics",
    ["spec", "ports", 0, "targetPort"],
    "metric",
    "leads to a port that is not there",
  ],
  [
    "an Ingress to no Service",
    "references",
    "Ingress/parley",
    ["spec", "rules", 0, "http", "paths", 0, "backend", "service", "name"],
    "parly",
    "leads to nothing",
  ],
  [
    "an Ingress through no Middleware",
    "references",
    "Ingress/parley-http",
    ["metadata", "annotations", "traefik.ingress.kubernetes.io/router.middlewares"],
    "parley-https@kubernetescrd",
    "goes through nothing",
  ],
  [
    "a selector beside its pods",
    "references",
    "Deployment/parley",
    [...POD.slice(0, -1), "metadata", "labels"],
    { "app.kubernetes.io/name": "parley" },
    "does not select its own pods",
  ],
  [
    "a probe at no port",
    "references",
    "Deployment/parley",
    [...CONTAINER, "readinessProbe", "httpGet", "port"],
    "web",
    "is probed at a port",
  ],
  [
    "a Secret that is not there",
    "references",
    "Deployment/parley",
    [...POD, "volumes", 0, "secret", "secretName"],
    "secrets",
    "mounts no Secret",
  ],
  [
    "a ConfigMap that is not there",
    "references",
    "Job/parley-migrate",
    [...CONTAINER, "envFrom", 0, "configMapRef", "name"],
    "config",
    "reads no ConfigMap",
  ],
  [
    "a key that is not there",
    "references",
    "CronJob/parley-backup",
    ["spec", "jobTemplate", ...CONTAINER, "env", 0, "valueFrom", "secretKeyRef", "key"],
    "DATABASE",
    "has no source for DATABASE_URL",
  ],
  [
    "a volume that is not there",
    "references",
    "Deployment/parley",
    [...CONTAINER, "volumeMounts", 0, "name"],
    "secret",
    "has no volume secret",
  ],
  [
    "a claim that is not there",
    "references",
    "CronJob/parley-backup",
    ["spec", "jobTemplate", ...POD, "volumes", 0, "persistentVolumeClaim", "claimName"],
    "backups",
    "claims what is not there",
  ],
  [
    "another namespace",
    "references",
    "Deployment/parley",
    ["metadata", "namespace"],
    "default",
    "is in no namespace of ours",
  ],

  [
    "nothing denied",
    "network",
    "NetworkPolicy/default-deny",
    ["spec", "policyTypes"],
    ["Ingress"],
    "nothing denies by default",
  ],
  [
    "a policy about nobody",
    "network",
    "NetworkPolicy/server-from-traefik",
    ["spec", "podSelector", "matchLabels", "app.kubernetes.io/component"],
    "web",
    "is about no pod",
  ],
  [
    "a port that is not there",
    "network",
    "NetworkPolicy/postgres-from-parley",
    ["spec", "ingress", 0, "ports", 0, "port"],
    "pg",
    "opens a port that is not there",
  ],
  [
    "a way to no port",
    "network",
    "NetworkPolicy/parley-to-kafka",
    ["spec", "egress", 0, "ports", 0, "port"],
    9093,
    "leads to a port that is not there",
  ],
  [
    "a peer that is not there",
    "network",
    "NetworkPolicy/parley-to-valkey",
    ["spec", "egress", 0, "to", 0, "podSelector", "matchLabels"],
    { app: "redis" },
    "names a peer that is not there",
  ],
  [
    "a policy that forgets what it is about",
    "network",
    "NetworkPolicy/names",
    ["spec", "policyTypes"],
    ["Ingress"],
    "does not say that it is about Egress",
  ],
  [
    "metrics for everybody",
    "network",
    "Ingress/parley",
    ["spec", "rules", 0, "http", "paths", 0, "backend", "service"],
    { name: "parley-metrics", port: { name: "metrics" } },
    "shows the metrics",
  ],
  [
    "a Service for everybody",
    "network",
    "Service/postgres",
    ["spec", "type"],
    "NodePort",
    "is open to the world",
  ],

  [
    "one less during an update",
    "rollout",
    "Deployment/parley",
    ["spec", "strategy", "rollingUpdate", "maxUnavailable"],
    1,
    "may have one less",
  ],
  [
    "no pause before the end",
    "rollout",
    "Deployment/parley",
    [...CONTAINER, "lifecycle"],
    undefined,
    "leaves before Traefik knows",
  ],
  [
    "an early kill",
    "rollout",
    "Deployment/parley",
    [...POD, "terminationGracePeriodSeconds"],
    30,
    "is killed before it has drained",
  ],
  [
    "readiness by life",
    "rollout",
    "Deployment/parley",
    [...CONTAINER, "readinessProbe", "httpGet", "path"],
    "/health/live",
    "is not asked whether it drains",
  ],
  [
    "a migration of another image",
    "rollout",
    "Job/parley-migrate",
    [...CONTAINER, "image"],
    "localhost/parley:old",
    "of different images",
  ],
  ["one instance alone", "rollout", "Deployment/parley", ["spec", "replicas"], 1, "is alone"],

  [
    "no bus named",
    "environment",
    "ConfigMap/parley-config",
    ["data", "KAFKA_BROKERS"],
    undefined,
    "KAFKA_BROKERS must be set",
  ],
  [
    "a misspelt variable",
    "environment",
    "ConfigMap/parley-config",
    ["data", "LOG_LEVLE"],
    "info",
    "sets LOG_LEVLE, which the server does not know",
  ],
  [
    "a key left out of the Secret",
    "environment",
    "Secret/parley-secrets",
    ["data", "PARLEY_KEYS"],
    undefined,
    "PARLEY_KEYS",
  ],
  [
    "a weak key",
    "environment",
    "Secret/parley-secrets",
    ["data", "PARLEY_KEYS"],
    btoa(`k1:${btoa("a".repeat(32))}`),
    "PARLEY_KEYS",
  ],
  [
    "metrics on another port",
    "environment",
    "ConfigMap/parley-config",
    ["data", "METRICS_PORT"],
    "9100",
    "does not listen for metrics on 9464",
  ],
  [
    "an origin with a path",
    "environment",
    "ConfigMap/parley-config",
    ["data", "PUBLIC_ORIGIN"],
    "https://chat.example.net/",
    "PUBLIC_ORIGIN",
  ],
];

describe("a broken copy of single is noticed", () => {
  test.each(PLANTED)("%s", (_, rule, of, path, value, said) =>
    notice("single", { rule, of, path, value, said }),
  );
});

const PLANTED_IN_HA: Planted[] = [
  [
    "a budget for nobody",
    "references",
    "PodDisruptionBudget/parley",
    ["spec", "selector", "matchLabels"],
    { app: "parley" },
    "protects nothing",
  ],
  [
    "an autoscaler of nothing",
    "references",
    "HorizontalPodAutoscaler/parley",
    ["spec", "scaleTargetRef", "name"],
    "server",
    "scales nothing",
  ],
  [
    "a number of instances beside an autoscaler",
    "rollout",
    "Deployment/parley",
    ["spec", "replicas"],
    3,
    "against the autoscaler",
  ],
  [
    "instances that are not spread",
    "rollout",
    "Deployment/parley",
    [...POD, "topologySpreadConstraints"],
    undefined,
    "is not spread",
  ],
];

describe("a broken copy of ha is noticed", () => {
  test.each(PLANTED_IN_HA)("%s", (_, rule, of, path, value, said) =>
    notice("ha", { rule, of, path, value, said }),
  );
});

interface Notice {
  rule: string;
  of: string;
  path: Planted[3];
  value: unknown;
  said: string;
}

function notice(kind: Kind, { rule, of, path, value, said }: Notice): void {
  const copy = structuredClone(resourcesOf(kind));
  plant(copy, { of, path, value });
  expect(RULES[rule]?.(copy).join("\n")).toContain(said);
}

/** `of`: kind and name; a name made from its contents may go on after it. */
function plant(resources: Resource[], { of, path, value }: { of: string; path: Planted[3]; value: unknown }) {
  const [kind, name] = of.split("/");
  const target = resources.find(
    (one) => one.kind === kind && one.metadata.name.replace(/-[a-z0-9]{10}$/, "") === name,
  );
  if (target === undefined) throw new Error(`there is no ${of}`);
  let holder = target as unknown as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    if (typeof holder[key] !== "object" || holder[key] === null)
      throw new Error(`${of} has no ${String(key)}`);
    holder = holder[key] as Record<string | number, unknown>;
  }
  const last = path.at(-1) ?? "";
  if (value === undefined) delete holder[last];
  else holder[last] = value;
}
