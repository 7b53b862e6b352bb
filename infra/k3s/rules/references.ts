/** Whatever one resource says of another by name, label or port is there. */
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import type { IIngress } from "kubernetes-models/networking.k8s.io/v1";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { IContainer, ISecret, IService } from "kubernetes-models/v1";
import {
  allOf,
  type Labels,
  matches,
  nameOf,
  type Pod,
  podsOf,
  type Resource,
  type Violation,
} from "../resource.ts";

/** Kinds that belong to no namespace. */
const CLUSTERWIDE = new Set(["Namespace", "ClusterIssuer"]);

export function references(resources: Resource[]): Violation[] {
  const has = (kind: string, name: string) =>
    resources.some((resource) => resource.kind === kind && resource.metadata.name === name);
  return [
    ...doubles(resources),
    ...namespaceFaults(resources, has),
    ...podsOf(resources).flatMap((pod) => podFaults(pod, { resources, has })),
    ...allOf<IService>(resources, "Service").flatMap((service) => serviceFaults(service, resources)),
    ...allOf<IIngress>(resources, "Ingress").flatMap((ingress) => ingressFaults(ingress, resources)),
    ...allOf<IHorizontalPodAutoscaler>(resources, "HorizontalPodAutoscaler")
      .filter(({ spec }) => !has(spec?.scaleTargetRef.kind ?? "", spec?.scaleTargetRef.name ?? ""))
      .map((scaler) => `${nameOf(scaler)} scales nothing`),
    ...allOf<IPodDisruptionBudget>(resources, "PodDisruptionBudget")
      .filter(({ spec }) => !selectsAny(spec?.selector?.matchLabels ?? {}, resources))
      .map((budget) => `${nameOf(budget)} protects nothing`),
  ];
}

type Has = (kind: string, name: string) => boolean;

function doubles(resources: Resource[]): Violation[] {
  const names = resources.map((one) => `${nameOf(one)} in ${one.metadata.namespace ?? "no namespace"}`);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`);
}

function namespaceFaults(resources: Resource[], has: Has): Violation[] {
  return resources
    .filter(({ kind }) => !CLUSTERWIDE.has(kind))
    .filter(({ metadata }) => metadata.namespace === undefined || !has("Namespace", metadata.namespace))
    .map((resource) => `${nameOf(resource)} is in no namespace of ours`);
}

function podFaults(pod: Pod, { resources, has }: { resources: Resource[]; has: Has }): Violation[] {
  const { owner, spec, labels, containers } = pod;
  const faults: string[] = [];
  const { selector, serviceName } = specOf<{ selector?: { matchLabels?: Labels }; serviceName?: string }>(
    owner,
  );
  if (selector !== undefined && !matches(selector.matchLabels ?? {}, labels))
    faults.push("does not select its own pods");
  if (serviceName !== undefined && !has("Service", serviceName))
    faults.push(`names no Service: ${serviceName}`);
  if (!has("ServiceAccount", spec.serviceAccountName ?? "default")) faults.push("has no account");
  for (const constraint of spec.topologySpreadConstraints ?? []) {
    if (!matches(constraint.labelSelector?.matchLabels ?? {}, labels))
      faults.push("spreads other pods than its own");
  }
  const claimed = specOf<{ volumeClaimTemplates?: Resource[] }>(owner).volumeClaimTemplates ?? [];
  const volumes = new Set(
    [...(spec.volumes ?? []), ...claimed.map(({ metadata }) => metadata)].map(({ name }) => name),
  );
  for (const volume of spec.volumes ?? []) {
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim && !has("PersistentVolumeClaim", claim)) faults.push(`claims what is not there: ${claim}`);
    if (volume.configMap && !has("ConfigMap", volume.configMap.name ?? ""))
      faults.push(`mounts no ConfigMap: ${volume.configMap.name}`);
    if (volume.secret && !has("Secret", volume.secret.secretName ?? ""))
      faults.push(`mounts no Secret: ${volume.secret.secretName}`);
  }
  const mounted = new Set(
    containers.flatMap(({ volumeMounts }) => volumeMounts ?? []).map(({ name }) => name),
  );
  faults.push(...[...volumes].filter((name) => !mounted.has(name)).map((name) => `never mounts ${name}`));
  faults.push(...[...mounted].filter((name) => !volumes.has(name)).map((name) => `has no volume ${name}`));
  for (const container of containers) {
    faults.push(
      ...containerFaults(container, resources).map((fault) => `container ${container.name} ${fault}`),
    );
  }
  return faults.map((fault) => `${nameOf(owner)} ${fault}`);
}

function containerFaults(container: IContainer, resources: Resource[]): string[] {
  const faults: string[] = [];
  const ports = new Set((container.ports ?? []).flatMap(({ name, containerPort }) => [name, containerPort]));
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"] as const) {
    const port = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port;
    if (port !== undefined && !ports.has(port)) faults.push(`is probed at a port it does not have: ${port}`);
  }
  const keysOf = (kind: string, name: string | undefined) => {
    const found = allOf<Pick<ISecret, "data" | "stringData">>(resources, kind).find(
      ({ metadata }) => metadata.name === name,
    );
    return found === undefined ? null : Object.keys({ ...found.data, ...found.stringData });
  };
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef && keysOf("ConfigMap", configMapRef.name) === null)
      faults.push(`reads no ConfigMap: ${configMapRef.name}`);
    if (secretRef && keysOf("Secret", secretRef.name) === null)
      faults.push(`reads no Secret: ${secretRef.name}`);
  }
  for (const { name, valueFrom } of container.env ?? []) {
    const reference = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef;
    if (reference === undefined) continue;
    const kind = valueFrom?.secretKeyRef ? "Secret" : "ConfigMap";
    if (!keysOf(kind, reference.name)?.includes(reference.key)) faults.push(`has no source for ${name}`);
  }
  return faults;
}

function serviceFaults(service: Resource & IService, resources: Resource[]): Violation[] {
  const { spec } = service;
  if (spec?.type === "ExternalName") return [];
  const faults: string[] = [];
  // The index of a StatefulSet's pod is a label that Kubernetes gives it.
  const { "apps.kubernetes.io/pod-index": _, ...selector } = spec?.selector ?? {};
  const pods = podsOf(resources).filter(({ labels }) => matches(selector, labels));
  if (Object.keys(selector).length === 0 || pods.length === 0) faults.push("selects no pods");
  for (const { port, targetPort = port } of spec?.ports ?? []) {
    if (!pods.every((pod) => portsOf(pod).has(targetPort)))
      faults.push(`leads to a port that is not there: ${targetPort}`);
  }
  return faults.map((fault) => `${nameOf(service)} ${fault}`);
}

function ingressFaults(ingress: Resource & IIngress, resources: Resource[]): Violation[] {
  const faults: string[] = [];
  const services = allOf<IService>(resources, "Service");
  for (const { http } of ingress.spec?.rules ?? []) {
    for (const { backend } of http?.paths ?? []) {
      const found = services.find(({ metadata }) => metadata.name === backend.service?.name);
      const wanted = backend.service?.port;
      const ports = found?.spec?.ports ?? [];
      if (!ports.some(({ name, port }) => (wanted?.name ? name === wanted.name : port === wanted?.number)))
        faults.push(`leads to nothing: ${backend.service?.name}`);
    }
  }
  const chain = ingress.metadata.annotations?.["traefik.ingress.kubernetes.io/router.middlewares"];
  const known = allOf(resources, "Middleware").map(
    ({ metadata }) => `${metadata.namespace}-${metadata.name}@kubernetescrd`,
  );
  for (const middleware of chain?.split(",") ?? []) {
    if (!known.includes(middleware)) faults.push(`goes through nothing: ${middleware}`);
  }
  return faults.map((fault) => `${nameOf(ingress)} ${fault}`);
}

export function portsOf({ containers }: Pod): Set<string | number | undefined> {
  return new Set(
    containers
      .flatMap(({ ports }) => ports ?? [])
      .flatMap(({ name, containerPort }) => [name, containerPort]),
  );
}

function selectsAny(selector: Labels, resources: Resource[]): boolean {
  return podsOf(resources).some(({ labels }) => matches(selector, labels));
}

function specOf<T>(resource: Resource): Partial<T> {
  return (resource as Resource & { spec?: T }).spec ?? {};
}
