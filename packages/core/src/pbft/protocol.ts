import { byzantineQuorums } from "../quorum.js";
import type { Protocol } from "../replication/protocol.js";
import { nullBatch } from "./batch.js";
import { pbftCodec } from "./codec.js";
import type { PbftMessage } from "./messages.js";
import { PbftReplica } from "./replica.js";
import { telling } from "./trace.js";

export const PBFT: Protocol<PbftMessage> = {
  name: "pbft",
  title: "PBFT",
  words: {
    view: "view",
    primary: "primary",
    backup: "backup",
    viewChange: "view change",
    seq: "sequence number",
    noOp: "null request",
    checkpoint: "checkpoint",
    checkpointDone: "is stable",
    phases: [
      { name: "pre-prepare", shows: "prePrepared" },
      { name: "prepare", shows: "prepares" },
      { name: "commit", shows: "commits" },
    ],
  },
  toleratesLies: true,
  codec: pbftCodec,
  nullDigest: (ports) => nullBatch(ports).digest,
  replicasFor: (faults) => 3 * faults + 1,
  quorums: byzantineQuorums,
  // §4.1: f+1. With fast reads a write counts when a quorum has executed it (docs/adr/0025).
  clientRules: ({ faults, quorum, weakQuorum }, reads) => ({
    answers: reads === "fast" ? quorum : weakQuorum,
    liars: faults,
    asks: "primary-of-view",
  }),
  replica: (config, ports, service, saved) => new PbftReplica(config, ports, service, saved),
  telling,
};
