/** An update that nobody notices: one more before one less, sockets drained, the schema first. */
import type { IDeployment, IDeploymentSpec } from "kubernetes-models/apps/v1";
import { allOf, nameOf, podsOf, type Resource, type Violation } from "../resource.ts";

/** Traefik needs this long to hear that an instance is about to go. */
const LEAVE_SECONDS = 12;
/** The program ends by itself within this time after SIGTERM (`server/main.ts`). */
const STOP_SECONDS = 20;

export function rollout(resources: Resource[]): Violation[] {
  return [
    ...allOf<IDeployment>(resources, "Deployment")
      .filter(({ metadata }) => metadata.name === "parley")
      .flatMap((server) => serverFaults(server, resources)),
    ...migrationFaults(resources),
  ];
}

function serverFaults(server: Resource & IDeployment, resources: Resource[]): Violation[] {
  const faults: string[] = [];
  const { strategy, replicas, template, minReadySeconds } = server.spec as IDeploymentSpec;
  const pod = template.spec;
  const [container] = pod?.containers ?? [];
  if (strategy?.rollingUpdate?.maxSurge !== 1) faults.push("does not start one more first");
  if (strategy?.rollingUpdate?.maxUnavailable !== 0) faults.push("may have one less during an update");
  if (!minReadySeconds) faults.push("does not wait for an instance to prove itself");
  const pause = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
  if (pause < LEAVE_SECONDS) faults.push("leaves before Traefik knows");
  if ((pod?.terminationGracePeriodSeconds ?? 30) < pause + STOP_SECONDS)
    faults.push("is killed before it has drained");
  if (container?.readinessProbe?.httpGet?.path !== "/health/ready")
    faults.push("is not asked whether it drains");
  if (container?.livenessProbe?.httpGet?.path !== "/health/live")
    faults.push("is not asked whether it lives");
  if (!pod?.topologySpreadConstraints?.length) faults.push("is not spread over nodes");
  const scaled = resources.some(({ kind }) => kind === "HorizontalPodAutoscaler");
  if (scaled && replicas !== undefined) faults.push("says how many, against the autoscaler");
  if (!scaled && (replicas ?? 1) < 2) faults.push("is alone: a crash would be seen");
  return faults.map((fault) => `${nameOf(server)} ${fault}`);
}

/** The migration is of the same image as the instances: it is their schema that they look for. */
function migrationFaults(resources: Resource[]): Violation[] {
  const images = podsOf(resources)
    .filter(({ owner }) => /^parley(-notify|-migrate|-purge)?$/.test(owner.metadata.name))
    .map(({ containers }) => containers[0]?.image);
  if (images.length === 0) return [];
  if (images.length !== 4) return ["server, notifier, migration and purge are not all there"];
  return new Set(images).size === 1 ? [] : ["server, notifier, migration and purge are of different images"];
}
