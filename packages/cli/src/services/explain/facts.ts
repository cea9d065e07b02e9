import type { ProtocolName } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { rulesForClients } from "@bft/replica";
import { type Cluster, dirFlag } from "../cluster.js";

/** What an explanation must know of a cluster that does not change while it runs. */
export interface ExplainFacts {
  readonly protocol: ProtocolName;
  readonly replicas: number;
  readonly faults: number;
  readonly quorum: number;
  /** f+1, or 1 where nobody lies. */
  readonly weakQuorum: number;
  /** Equal replies that a client needs. */
  readonly answers: number;
  readonly clients: number;
  /** K: slots between two checkpoints. */
  readonly checkpointInterval: number;
  readonly pipelineDepth: number;
  /** Whether messages are signed: without that, who said something is what the message says. */
  readonly authenticated: boolean;
  /** To be added to a command that is proposed, so that it finds this cluster. */
  readonly flag: string;
}

export function explainFacts({ dir, config }: Cluster): ExplainFacts {
  const { protocol, replicas, faults, clients, limits } = config;
  const { quorum, weakQuorum } = protocolNamed(protocol).quorums(replicas.length, faults);
  return {
    protocol,
    replicas: replicas.length,
    faults,
    quorum,
    weakQuorum,
    answers: rulesForClients(config).answers,
    clients: clients.length,
    checkpointInterval: limits.checkpointInterval,
    pipelineDepth: limits.pipelineDepth,
    authenticated: config.auth === "signatures",
    flag: dirFlag(dir),
  };
}
