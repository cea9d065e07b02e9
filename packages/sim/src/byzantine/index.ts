import { equivocate } from "./equivocate.js";
import type { LiarContext, PbftBehaviour } from "./liar.js";
import { silent } from "./silent.js";
import { wrongDigest } from "./wrong-digest.js";
import { wrongReply } from "./wrong-reply.js";

export type { LiarContext, PbftBehaviour } from "./liar.js";

/** One way to lie, as a person is told of it. */
export interface BehaviourInfo {
  readonly name: string;
  /** What it sends. */
  readonly summary: string;
  /** What must hold all the same. */
  readonly holds: string;
}

interface Entry extends BehaviourInfo {
  readonly create: (context: LiarContext) => PbftBehaviour;
}

const CATALOGUE: readonly Entry[] = [
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
  {
    name: "wrong-reply",
    summary: "executes right and tells the client another result",
    holds: "the client waits for f+1 equal replies, so it is told the truth and sees who lied",
    create: wrongReply,
  },
];

/** The catalogue of lies, the default first. */
export const BEHAVIOURS: readonly BehaviourInfo[] = CATALOGUE.map(({ name, summary, holds }) => ({ name, summary, holds }));

/** @throws RangeError with a sentence for a person when there is no behaviour of that name. */
export function createBehaviour(name: string, context: LiarContext): PbftBehaviour {
  const entry = CATALOGUE.find((each) => each.name === name);
  if (entry === undefined)
    throw new RangeError(
      `there is no behaviour "${name.slice(0, 40)}"; there are: ${CATALOGUE.map((each) => each.name).join(", ")}`,
    );
  return entry.create(context);
}
