import { ClusterError } from "@bft/replica";
import { misuse } from "../../errors.js";
import { behaviourNamed } from "../behaviours.js";
import { type Cluster, replicaNamed } from "../cluster.js";
import { behave, kill, pause, restart, resume } from "../faults.js";
import { heal, partition } from "../link-faults.js";
import { planPartition } from "../partition-plan.js";
import type { FaultDeed, PlannedFault } from "./plan.js";

/** A fault as it really happened. */
export interface DoneFault {
  readonly text: string;
  /** Milliseconds from the beginning of the measurement. */
  readonly atMs: number;
  /** Why it could not be done, or null. */
  readonly failed: string | null;
}

/** @throws CliError for a replica or a behaviour that the cluster does not have: before anything is measured. */
export function checkFaults(faults: readonly PlannedFault[], { config }: Cluster, durationMs: number): void {
  for (const { atMs, text, deed } of faults) {
    if (atMs >= durationMs) throw misuse(`--fault "${text}" comes after the end; the measurement lasts ${durationMs / 1000} s`);
    if ("replicas" in deed) for (const id of deed.replicas) replicaNamed(String(id), config);
    if (deed.kind === "byzantine" && deed.behaviour !== null) behaviourNamed(config.protocol, deed.behaviour);
    if (deed.kind === "partition") planPartition(deed.groups, false, config);
  }
}

/** Does it, and says why when it can not be done: a benchmark goes on without it. */
export async function doFault(cluster: Cluster, { text, deed }: PlannedFault, atMs: number): Promise<DoneFault> {
  try {
    await carryOut(cluster, deed);
    return { text, atMs, failed: null };
  } catch (error) {
    if (error instanceof ClusterError || (error instanceof Error && error.name === "CliError"))
      return { text, atMs, failed: error.message };
    throw error;
  }
}

async function carryOut(cluster: Cluster, deed: FaultDeed): Promise<void> {
  switch (deed.kind) {
    case "kill":
      return void (await Promise.all(deed.replicas.map((id) => kill(cluster, id))));
    case "restart":
      return void (await Promise.all(deed.replicas.map((id) => restart(cluster, id))));
    case "pause":
      return void (await Promise.all(deed.replicas.map((id) => pause(cluster, id))));
    case "resume":
      return void (await Promise.all(deed.replicas.map((id) => resume(cluster, id))));
    case "byzantine":
      return behave(cluster, deed.replicas, deed.behaviour);
    case "partition":
      return void (await partition(cluster, planPartition(deed.groups, false, cluster.config)));
    case "heal":
      return void (await heal(cluster));
  }
}
