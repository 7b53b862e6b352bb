/** What a container may do: nothing that it does not need, and not more than its share. */
import type { IContainer } from "kubernetes-models/v1";
import { allOf, nameOf, type Pod, podsOf, type Resource, type Violation } from "../resource.ts";

const CAPPED = ["cpu", "memory"] as const;
const PROBES = ["startupProbe", "livenessProbe", "readinessProbe"] as const;

export function hardening(resources: Resource[]): Violation[] {
  return [
    ...podsOf(resources).flatMap((pod) => [
      ...podFaults(pod),
      ...pod.containers.flatMap((container) => containerFaults(pod, container)),
    ]),
    ...namespaceFaults(resources),
    ...accountFaults(resources),
  ];
}

function podFaults({ owner, spec }: Pod): Violation[] {
  const faults: string[] = [];
  const context = spec.securityContext;
  if (context?.runAsNonRoot !== true) faults.push("may run as root");
  if (!((context?.runAsUser ?? 0) > 0)) faults.push("names no user of its own");
  if (context?.seccompProfile?.type !== "RuntimeDefault") faults.push("has no seccomp profile");
  if (spec.automountServiceAccountToken !== false) faults.push("carries a token for Kubernetes");
  if (spec.enableServiceLinks !== false) faults.push("gets variables of every Service");
  if (spec.hostNetwork || spec.hostPID || spec.hostIPC) faults.push("shares its node's namespaces");
  for (const volume of spec.volumes ?? []) {
    if (volume.hostPath) faults.push(`mounts its node's folder as ${volume.name}`);
    if (volume.emptyDir && volume.emptyDir.sizeLimit === undefined)
      faults.push(`may fill its node by ${volume.name}`);
  }
  return faults.map((fault) => `${nameOf(owner)} ${fault}`);
}

function containerFaults({ owner, lasting }: Pod, container: IContainer): Violation[] {
  const faults: string[] = [];
  const context = container.securityContext;
  if (context?.allowPrivilegeEscalation !== false) faults.push("may gain privileges");
  if (context?.privileged) faults.push("is privileged");
  if (context?.readOnlyRootFilesystem !== true) faults.push("may write to its root");
  if (!context?.capabilities?.drop?.includes("ALL")) faults.push("keeps capabilities");
  if (context?.capabilities?.add?.length) faults.push("adds capabilities");
  if (context?.runAsUser === 0 || context?.runAsNonRoot === false) faults.push("runs as root");
  if (!hasFixedTag(container.image ?? "")) faults.push(`has no fixed version: ${container.image}`);
  for (const what of CAPPED) {
    if (container.resources?.requests?.[what] === undefined) faults.push(`requests no ${what}`);
    if (container.resources?.limits?.[what] === undefined) faults.push(`has no limit of ${what}`);
  }
  for (const probe of PROBES) {
    if (lasting && container[probe] === undefined) faults.push(`has no ${probe}`);
  }
  return faults.map((fault) => `${nameOf(owner)}, container ${container.name} ${fault}`);
}

function hasFixedTag(image: string): boolean {
  const [, tag] = /:([^:/]+)$/.exec(image) ?? [];
  return tag !== undefined && tag !== "latest";
}

function namespaceFaults(resources: Resource[]): Violation[] {
  return allOf(resources, "Namespace")
    .filter(({ metadata }) => metadata.labels?.["pod-security.kubernetes.io/enforce"] !== "restricted")
    .map((namespace) => `${nameOf(namespace)} does not enforce the restricted profile`);
}

function accountFaults(resources: Resource[]): Violation[] {
  return allOf<{ automountServiceAccountToken?: boolean }>(resources, "ServiceAccount")
    .filter((account) => account.automountServiceAccountToken !== false)
    .map((account) => `${nameOf(account)} hands out tokens`);
}
