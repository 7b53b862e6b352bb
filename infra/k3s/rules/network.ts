/**
 * Who reaches whom, as the NetworkPolicies have it: both ends must allow a connection, and nothing is allowed that was not said.
 */
import type { IIngress, INetworkPolicy, INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1";
import type { IService } from "kubernetes-models/v1";
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
import { portsOf } from "./references.ts";

/** Labels of pods that others make in our namespace: the operators of `ha`, and cert-manager for a challenge. */
const MADE_BY_OTHERS = /^(cnpg\.io|strimzi\.io|acme\.cert-manager\.io)\//;
/** Must not be reached from outside. */
const METRICS = "metrics";

type Selector = NonNullable<INetworkPolicyPeer["podSelector"]>;
type Policy = Resource & INetworkPolicy;

/** One end of a connection. */
export interface End {
  namespace: string;
  labels: Labels;
}

export function network(resources: Resource[]): Violation[] {
  const policies = allOf<INetworkPolicy>(resources, "NetworkPolicy");
  return [
    ...(deniesAll(policies) ? [] : ["nothing denies by default, in both directions"]),
    ...policies.flatMap((policy) => policyFaults(policy, resources)),
    ...publicFaults(resources),
  ];
}

/** True when `from` may open a connection to `to` at `port`, by number or by the name that `to`'s pod gives it. */
export function reaches(
  resources: Resource[],
  { from, to, port }: { from: End; to: End; port: number },
): boolean {
  const policies = allOf<INetworkPolicy>(resources, "NetworkPolicy");
  const target = podsOf(resources).find(({ labels }) => matches(labels, to.labels));
  const names = (target?.containers ?? [])
    .flatMap(({ ports }) => ports ?? [])
    .filter(({ containerPort }) => containerPort === port)
    .map(({ name }) => name);
  const isPort = (wanted: string | number | undefined) =>
    wanted === undefined || wanted === port || names.includes(String(wanted));
  const opens = (
    rule: { ports?: { port?: string | number }[] },
    peers: INetworkPolicyPeer[] | undefined,
    other: End,
  ) =>
    (rule.ports?.some((one) => isPort(one.port)) ?? true) &&
    (peers?.some((peer) => isPeer(peer, other)) ?? true);
  const out = policies
    .filter((policy) => concerns(policy, from))
    .some(({ spec }) => spec?.egress?.some((rule) => opens(rule, rule.to, to)));
  const into = policies
    .filter((policy) => concerns(policy, to))
    .some(({ spec }) => spec?.ingress?.some((rule) => opens(rule, rule.from, from)));
  return (out || !isOurs(resources, from)) && (into || !isOurs(resources, to));
}

/** Outside of our namespaces others decide. */
function isOurs(resources: Resource[], { namespace }: End): boolean {
  return allOf(resources, "Namespace").some(({ metadata }) => metadata.name === namespace);
}

function concerns({ metadata, spec }: Policy, end: End): boolean {
  return metadata.namespace === end.namespace && selects(spec?.podSelector ?? {}, end.labels);
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: INetworkPolicyPeer, end: End): boolean {
  if (ipBlock) return false;
  const namespaceLabels = { "kubernetes.io/metadata.name": end.namespace };
  const inNamespace = namespaceSelector
    ? selects(namespaceSelector, namespaceLabels)
    : end.namespace === "parley";
  return inNamespace && selects(podSelector ?? {}, end.labels);
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    matches(matchLabels, labels) &&
    matchExpressions.every(({ key, operator, values }) => {
      if (operator !== "In") throw new Error(`this rule does not know the operator ${operator}`);
      return values?.includes(labels[key] ?? "") ?? false;
    })
  );
}

function deniesAll(policies: Policy[]): boolean {
  return policies.some(
    ({ spec }) =>
      Object.keys(spec?.podSelector ?? {}).length === 0 &&
      (["Ingress", "Egress"] as const).every((type) => spec?.policyTypes?.includes(type)) &&
      !spec?.ingress?.length &&
      !spec?.egress?.length,
  );
}

/** A policy for nobody, or for a port that nobody has, is a mistake: what it was meant to open stays shut. */
function policyFaults(policy: Policy, resources: Resource[]): Violation[] {
  const faults: string[] = [];
  const { podSelector = {}, ingress = [], egress = [], policyTypes = [] } = policy.spec ?? {};
  if (ingress.length > 0 && !policyTypes.includes("Ingress"))
    faults.push("does not say that it is about Ingress");
  if (egress.length > 0 && !policyTypes.includes("Egress"))
    faults.push("does not say that it is about Egress");
  const everybody = Object.keys(podSelector).length === 0;
  const own = podsOf(resources).filter(({ labels }) => selects(podSelector, labels));
  if (!everybody && own.length === 0 && !byOthers(podSelector)) faults.push("is about no pod");
  for (const { ports } of ingress) {
    for (const { port } of ports ?? []) {
      if (own.length > 0 && !own.some((pod) => portsOf(pod).has(port)))
        faults.push(`opens a port that is not there: ${port}`);
    }
  }
  for (const peer of [
    ...ingress.flatMap((rule) => rule.from ?? []),
    ...egress.flatMap((rule) => rule.to ?? []),
  ]) {
    if (peer.namespaceSelector || !peer.podSelector || byOthers(peer.podSelector)) continue;
    if (!podsOf(resources).some(({ labels }) => selects(peer.podSelector ?? {}, labels)))
      faults.push("names a peer that is not there");
  }
  for (const { to, ports } of egress) {
    const targets = podsOf(resources).filter(({ labels }) =>
      to?.some((peer) => peer.podSelector && !peer.namespaceSelector && selects(peer.podSelector, labels)),
    );
    for (const { port } of ports ?? []) {
      if (targets.length > 0 && !targets.some((pod: Pod) => portsOf(pod).has(port)))
        faults.push(`leads to a port that is not there: ${port}`);
    }
  }
  return faults.map((fault) => `${nameOf(policy)} ${fault}`);
}

function byOthers({ matchLabels = {} }: Selector): boolean {
  return Object.keys(matchLabels).some((key) => MADE_BY_OTHERS.test(key));
}

/** What people outside can reach: only what an Ingress leads to, and metrics never. */
function publicFaults(resources: Resource[]): Violation[] {
  const services = allOf<IService>(resources, "Service");
  const open = services
    .filter(({ spec }) => spec?.type === "LoadBalancer" || spec?.type === "NodePort")
    .map((service) => `${nameOf(service)} is open to the world`);
  const led = allOf<IIngress>(resources, "Ingress").flatMap((ingress) =>
    (ingress.spec?.rules ?? [])
      .flatMap(({ http }) => http?.paths ?? [])
      .filter(({ backend }) => {
        const service = services.find(({ metadata }) => metadata.name === backend.service?.name);
        const { name, number } = backend.service?.port ?? {};
        const port = service?.spec?.ports?.find((one) => (name ? one.name === name : one.port === number));
        return port?.targetPort === METRICS || port?.name === METRICS;
      })
      .map(() => `${nameOf(ingress)} shows the metrics to the world`),
  );
  return [...open, ...led];
}
