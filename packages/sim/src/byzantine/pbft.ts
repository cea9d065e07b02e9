import type { PbftMessage } from "@bft/core/pbft";
import { BACKUP } from "./backup/index.js";
import { inGroup, type Lie } from "./catalogue.js";
import { CHECKPOINT } from "./checkpoint/index.js";
import { EDGES } from "./edges/index.js";
import { equivocate } from "./equivocate.js";
import { FUZZ } from "./fuzz/index.js";
import { type LiarContext, pbftVoice } from "./liar.js";
import { collude } from "./primary/collude.js";
import { PRIMARY } from "./primary/index.js";
import { REPLIES } from "./replies/index.js";
import { silent } from "./silent.js";
import { VIEW_CHANGE } from "./view-change/index.js";
import { wrongDigest } from "./wrong-digest.js";
import { wrongReply } from "./wrong-reply.js";

/** The lies that PBFT survives, the default first. */
export const PBFT_LIES: readonly Lie<PbftMessage>[] = [
  ...inGroup("primary", [
    {
      name: "equivocate",
      summary: "tells half the replicas one thing and half another: two batches for one sequence number, two votes for one slot",
      holds: "no two correct replicas execute different batches; at the worst the view changes",
      create: equivocate,
    },
    {
      name: "silent",
      summary: "takes everything in and sends nothing",
      holds: "the others go on without it; as primary it is replaced by a view change",
      create: silent,
    },
    {
      name: "wrong-digest",
      summary: "signs pre-prepares, prepares, commits and checkpoints with digests of nothing",
      holds: "its votes count for nothing; as primary its proposals are refused and the view changes",
      create: wrongDigest,
    },
  ]),
  ...inGroup("replies", [
    {
      name: "wrong-reply",
      summary: "executes right and tells the client another result",
      holds: "the client waits for f+1 equal replies, so it is told the truth and sees who lied",
      create: (context: LiarContext) => wrongReply(pbftVoice(context)),
    },
  ]),
  ...inGroup("primary", PRIMARY),
  ...inGroup("backup", BACKUP),
  ...inGroup("primary", [
    {
      name: "collude",
      summary:
        "with its accomplices: one batch to half of the correct replicas, another to the rest, and all their votes for both",
      holds: "up to f accomplices can not make two correct replicas execute different batches; f+1 can",
      create: collude,
    },
  ]),
  ...inGroup("checkpoint and state transfer", CHECKPOINT),
  ...inGroup("view change", VIEW_CHANGE),
  ...inGroup("replies", REPLIES),
  ...inGroup("edges and fuzz", [...EDGES, ...FUZZ]),
];
