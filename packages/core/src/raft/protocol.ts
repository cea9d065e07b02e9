import { majorityQuorums } from "../crash/quorum.js";
import { noOp } from "../crash/value.js";
import type { Protocol } from "../replication/protocol.js";
import { raftCodec } from "./codec.js";
import type { RaftMessage } from "./messages.js";
import { RaftReplica } from "./replica.js";
import { telling } from "./trace.js";

export const RAFT: Protocol<RaftMessage> = {
  name: "raft",
  title: "Raft",
  words: {
    view: "term",
    primary: "leader",
    backup: "follower",
    viewChange: "election",
    seq: "index",
    noOp: "no-op",
    checkpoint: "snapshot",
    checkpointDone: "is taken",
    phases: [
      { name: "append", shows: "prePrepared" },
      { name: "acknowledged", shows: "commits" },
    ],
  },
  toleratesLies: false,
  codec: raftCodec,
  nullDigest: (ports) => noOp(ports).digest,
  replicasFor: (faults) => 2 * faults + 1,
  quorums: majorityQuorums,
  clientRules(_system, reads) {
    if (reads === "fast") throw new RangeError("Raft orders its reads; fast reads are PBFT's");
    return { answers: 1, liars: 0, asks: "who-answered" };
  },
  replica: (config, ports, service, saved) => new RaftReplica(config, ports, service, saved),
  telling,
};
