/**
 * The environment of each container of ours, as the server itself reads it: nothing that it demands is missing, nothing that it
 * would refuse is set, and nothing that it does not know.
 */
import type { IConfigMap, IContainer, ISecret } from "kubernetes-models/v1";
import { allOf, nameOf, type Pod, podsOf, type Resource, type Violation } from "../resource.ts";

export type Environment = Record<string, string | undefined>;

/** The server's own reader: throws with every problem it finds. Of what it read, where it listens. */
export type ReadConfig = (env: Environment) => { port: number; metricsPort: number | null };

export interface Reader {
  readConfig: ReadConfig;
  /** Makes a file of what a Secret mounts, and returns its path. */
  writeSecret: (text: string) => string;
}

export function environment(resources: Resource[], { readConfig, writeSecret }: Reader): Violation[] {
  return podsOf(resources).flatMap((pod) =>
    pod.containers
      .filter(({ image }) => /(^|\/)parley:/.test(image ?? ""))
      .flatMap((container) => {
        const where = `${nameOf(pod.owner)}, container ${container.name}`;
        const files = mountedSecrets(pod, { container, resources });
        const env = Object.fromEntries(
          Object.entries(environmentOf(container, resources)).map(([name, value]) => {
            const text = files.get(value ?? "");
            return [name, text === undefined ? value : writeSecret(text)];
          }),
        );
        return problemsOf(env, { readConfig, container }).map((problem) => `${where} ${problem}`);
      }),
  );
}

interface Reading {
  readConfig: ReadConfig;
  container: IContainer;
}

function problemsOf(env: Environment, { readConfig, container }: Reading): string[] {
  const asked = new Set<string>();
  const watched = new Proxy(env, {
    get(target, name) {
      asked.add(String(name));
      return target[String(name)];
    },
  });
  try {
    const config = readConfig(watched);
    const unknown = Object.keys(env).filter((name) => !asked.has(name));
    return [
      ...unknown.map((name) => `sets ${name}, which the server does not know`),
      ...portFaults(container, { http: config.port, metrics: config.metricsPort }),
    ];
  } catch (error) {
    return [`is refused: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** A port that is named must be one that the server listens on. */
function portFaults({ ports = [] }: IContainer, listens: Record<string, number | null>): string[] {
  return ports
    .filter(({ name = "", containerPort }) => listens[name] !== containerPort)
    .map(({ name, containerPort }) => `does not listen for ${name} on ${containerPort}`);
}

function environmentOf({ envFrom = [], env = [] }: IContainer, resources: Resource[]): Environment {
  const all: Environment = {};
  for (const { configMapRef, secretRef } of envFrom) {
    const map = allOf<IConfigMap>(resources, "ConfigMap").find(
      ({ metadata }) => metadata.name === configMapRef?.name,
    );
    Object.assign(all, map?.data, secretOf(secretRef?.name, resources));
  }
  for (const { name, value, valueFrom } of env) {
    const { name: secret, key } = valueFrom?.secretKeyRef ?? {};
    all[name] = value ?? secretOf(secret, resources)[key ?? ""];
  }
  return all;
}

/** Texts of the secrets' files, by their path in the container. */
function mountedSecrets(
  pod: Pod,
  { container, resources }: { container: IContainer; resources: Resource[] },
) {
  const files = new Map<string, string>();
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find((one) => one.name === name);
    const secret = secretOf(volume?.secret?.secretName, resources);
    for (const [key, text] of Object.entries(secret)) files.set(`${mountPath}/${key}`, text);
  }
  return files;
}

function secretOf(name: string | undefined, resources: Resource[]): Record<string, string> {
  const found = allOf<ISecret>(resources, "Secret").find(({ metadata }) => metadata.name === name);
  const decoded = Object.entries(found?.data ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text, "base64").toString(),
  ]);
  return { ...Object.fromEntries(decoded), ...found?.stringData };
}
