import { agreement } from "./agreement.js";
import { answered } from "./answered.js";
import { boundedMemory } from "./bounded-memory.js";
import { broke } from "./broke.js";
import { carryOver } from "./carry-over.js";
import { certificates } from "./certificates.js";
import type { Checker } from "./checker.js";
import { checkpointEquality } from "./checkpoint-equality.js";
import { leaderCompleteness } from "./crash/leader-completeness.js";
import { logMatching } from "./crash/log-matching.js";
import { majority } from "./crash/majority.js";
import { oneLeader } from "./crash/one-leader.js";
import { oneValue } from "./crash/one-value.js";
import { promises } from "./crash/promises.js";
import { equivocation } from "./equivocation.js";
import { evidence } from "./evidence.js";
import { exactlyOnce } from "./exactly-once.js";
import type { Knowledge } from "./knowledge.js";
import { liveness } from "./liveness.js";
import { monotone } from "./monotone.js";
import { needlessViewChange } from "./needless-view-change.js";
import { newView } from "./new-view.js";
import { order } from "./order.js";
import { proof } from "./proof.js";
import { validity } from "./validity.js";

/** Every checker, the plainest rules first: when one event breaks several, that is the one that is told. */
export function checkersFor(knowledge: Knowledge): readonly Checker[] {
  return knowledge.facts.protocol === "pbft" ? pbftCheckers(knowledge) : crashCheckers(knowledge);
}

/** What holds of every replicated state machine. */
function everywhere(knowledge: Knowledge): readonly Checker[] {
  return [
    broke(knowledge),
    agreement(knowledge),
    validity(knowledge),
    exactlyOnce(),
    order(),
    answered(knowledge),
    monotone(knowledge),
    checkpointEquality(knowledge),
  ];
}

/** What holds of those that trust a leader. */
function crashCheckers(knowledge: Knowledge): readonly Checker[] {
  return [
    ...everywhere(knowledge),
    oneLeader(),
    promises(knowledge),
    oneValue(knowledge),
    evidence(knowledge),
    logMatching(knowledge),
    leaderCompleteness(knowledge),
    majority(knowledge),
    boundedMemory(knowledge.facts),
    needlessViewChange(knowledge),
    liveness(knowledge),
  ];
}

function pbftCheckers(knowledge: Knowledge): readonly Checker[] {
  return [
    ...everywhere(knowledge),
    equivocation(knowledge),
    certificates(knowledge),
    carryOver(knowledge),
    newView(knowledge),
    proof(knowledge),
    evidence(knowledge),
    boundedMemory(knowledge.facts),
    needlessViewChange(knowledge),
    liveness(knowledge),
  ];
}
