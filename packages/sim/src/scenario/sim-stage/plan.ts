import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import type { Plan } from "../../plan/plan.js";

/** What a simulated stage is made of. */
export interface SimStageOptions {
  readonly protocol: ProtocolName;
  readonly faults: number;
  readonly service: string;
  /** Decides how long each message takes; everything else a scenario decides. */
  readonly seed: number;
}

/** A quiet cluster as `bft up` makes it, with one client, in which nothing happens by itself. */
export function quietPlan({ protocol, faults, service, seed }: SimStageOptions): Plan {
  const replicas = protocolNamed(protocol).replicasFor(faults);
  return {
    seed,
    protocol,
    service,
    faults,
    replicas,
    clients: 1,
    settings: {
      checkpointInterval: 128,
      pipelineDepth: 8,
      batchOperationsMax: 1024,
      clientWindow: 64,
      viewChangeTimeoutMs: 1_500,
      statusIntervalMs: 250,
      clientRetryMs: 500,
      reads: "ordered",
      compact: true,
      clockRates: Array.from({ length: replicas }, () => 1),
    },
    network: { delayMsMin: 1, delayMsMax: 2, late: 0, lateMsMax: 0, drop: 0, duplicate: 0, reorder: false },
    liars: [],
    twins: [],
    lyingClients: [],
    actions: [],
    heal: { at: Number.POSITIVE_INFINITY, core: [], withinMs: 0 },
  };
}
