import { BACKUP } from "./backup/index.js";
import type { BehaviourInfo, Entry, Group } from "./catalogue.js";
import { CHECKPOINT } from "./checkpoint/index.js";
import { EDGES } from "./edges/index.js";
import { equivocate } from "./equivocate.js";
import { FUZZ } from "./fuzz/index.js";
import type { LiarContext, PbftBehaviour } from "./liar.js";
import { collude } from "./primary/collude.js";
import { PRIMARY } from "./primary/index.js";
import { REPLIES } from "./replies/index.js";
import { silent } from "./silent.js";
import { VIEW_CHANGE } from "./view-change/index.js";
import { wrongDigest } from "./wrong-digest.js";
import { wrongReply } from "./wrong-reply.js";

export { Random } from "../random.js";
export type { BehaviourInfo } from "./catalogue.js";
export { CLIENT_BEHAVIOURS, createClientBehaviour } from "./clients/index.js";
export type { LiarContext, PbftBehaviour } from "./liar.js";

const CATALOGUE: readonly (Entry & BehaviourInfo)[] = [
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
      create: wrongReply,
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

function inGroup(group: Group, entries: readonly Entry[]): readonly (Entry & BehaviourInfo)[] {
  return entries.map((entry) => ({ ...entry, group }));
}

/** The catalogue of lies, the default first. */
export const BEHAVIOURS: readonly BehaviourInfo[] = CATALOGUE.map(({ create: _, ...info }) => info);

/** @throws RangeError with a sentence for a person when there is no behaviour of that name. */
export function createBehaviour(name: string, context: LiarContext): PbftBehaviour {
  const entry = CATALOGUE.find((each) => each.name === name);
  if (entry === undefined)
    throw new RangeError(
      `there is no behaviour "${name.slice(0, 40)}"; there are: ${CATALOGUE.map((each) => each.name).join(", ")}`,
    );
  return entry.create(context);
}

/** What must happen for a lie to be told at all: a view change, a state transfer, or nothing out of the way. */
export type Situation = "view-change" | "state-transfer" | null;

export function situationOf(name: string): Situation {
  if (VIEW_CHANGE.some((each) => each.name === name)) return "view-change";
  return CHECKPOINT.some((each) => each.name === name) ? "state-transfer" : null;
}

/** The replica that has most occasion for a lie: the first primary, or the next one; null: any has. */
export function seatOf(name: string): 0 | 1 | null {
  if (PRIMARY.some((each) => each.name === name)) return 0;
  return VIEW_CHANGE.some((each) => each.name === name) ? 1 : null;
}
