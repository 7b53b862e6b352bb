/** Rendered resources as the rules read them. The shapes are checked by `schema_test.ts`, so a cast by kind is honest here. */
import type { IDeployment, IStatefulSet } from "kubernetes-models/apps/v1";
import type { ICronJob, IJob } from "kubernetes-models/batch/v1";
import type { IContainer, IPodSpec } from "kubernetes-models/v1";

export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/** Something that a rule forbids, as a sentence that begins with the resource's name. */
export type Violation = string;
export type Rule = (resources: Resource[]) => Violation[];

export type Labels = Record<string, string>;

/** A template that pods are made of, with what it belongs to. */
export interface Pod {
  owner: Resource;
  labels: Labels;
  spec: IPodSpec;
  containers: IContainer[];
  /** Runs until it is stopped, as opposed to until it is done. */
  lasting: boolean;
}

export function nameOf({ kind, metadata }: Resource): string {
  return `${kind}/${metadata.name}`;
}

/** All of one kind. The type is the caller's word. */
export function allOf<T>(resources: Resource[], kind: string): (Resource & T)[] {
  return resources.filter((resource) => resource.kind === kind) as (Resource & T)[];
}

export function podsOf(resources: Resource[]): Pod[] {
  return resources.flatMap((owner) => {
    const template = templateOf(owner);
    if (template?.spec === undefined) return [];
    const { spec } = template;
    return {
      owner,
      labels: template.metadata?.labels ?? {},
      spec,
      containers: [...(spec.initContainers ?? []), ...spec.containers],
      lasting: owner.kind !== "Job" && owner.kind !== "CronJob",
    };
  });
}

export function matches(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function templateOf(resource: Resource) {
  switch (resource.kind) {
    case "Deployment":
      return (resource as IDeployment as { spec: NonNullable<IDeployment["spec"]> }).spec.template;
    case "StatefulSet":
      return (resource as IStatefulSet as { spec: NonNullable<IStatefulSet["spec"]> }).spec.template;
    case "Job":
      return (resource as IJob as { spec: NonNullable<IJob["spec"]> }).spec.template;
    case "CronJob":
      return (resource as ICronJob as { spec: NonNullable<ICronJob["spec"]> }).spec.jobTemplate.spec
        ?.template;
    default:
      return undefined;
  }
}
