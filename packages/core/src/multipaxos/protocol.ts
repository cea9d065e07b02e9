import { majorityQuorums } from "../crash/quorum.js";
import { noOp } from "../crash/value.js";
import type { Protocol } from "../replication/protocol.js";
import { paxosCodec } from "./codec.js";
import type { PaxosMessage } from "./messages.js";
import { PaxosReplica } from "./replica.js";
import { telling } from "./trace.js";

export const MULTIPAXOS: Protocol<PaxosMessage> = {
  name: "multipaxos",
  title: "Multi-Paxos",
  words: {
    view: "ballot",
    primary: "leader",
    backup: "acceptor",
    viewChange: "phase 1",
    seq: "instance",
    noOp: "no-op",
    checkpoint: "snapshot",
    checkpointDone: "is taken",
    phases: [
      { name: "accept", shows: "prePrepared" },
      { name: "accepted", shows: "commits" },
    ],
  },
  toleratesLies: false,
  codec: paxosCodec,
  nullDigest: (ports) => noOp(ports).digest,
  replicasFor: (faults) => 2 * faults + 1,
  quorums: majorityQuorums,
  clientRules: (_system, reads) => {
    if (reads === "fast") throw new RangeError("Multi-Paxos has no fast reads: every read is ordered; use ordered reads");
    return { answers: 1, liars: 0, asks: "who-answered" };
  },
  replica: (config, ports, service, saved) => new PaxosReplica(config, ports, service, saved),
  telling,
};
