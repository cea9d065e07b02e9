import type { ProtocolWords, SlotStatus } from "@bft/core";
import { protocolNamed } from "@bft/core/protocols";
import { isHonest, type Observation, votes } from "../../watch/model.js";
import { coreOf } from "../../watch/reach.js";
import { currentPrimary, currentView } from "../../watch/verdict.js";
import type { ExplainFacts } from "./facts.js";
import { SECTIONS, type Sections } from "./sections.js";
import { SLOT_WORDS, type SlotWords } from "./slot-words.js";
import type { TraceFacts } from "./trace-facts.js";

/** Everything that an explanation rests on, with what follows for the whole cluster. */
export interface Situation {
  readonly facts: ExplainFacts;
  readonly replicas: readonly Observation[];
  readonly trace: TraceFacts;
  readonly words: ProtocolWords;
  readonly slotWords: SlotWords;
  readonly sections: Sections;
  /** Those whose word counts: the honest ones that answer, or all that answer when none of them is honest. */
  readonly heard: readonly Observation[];
  readonly voters: readonly Observation[];
  /** Those of the voters that can agree on something; empty when cut links leave no such core, or too few vote. */
  readonly core: readonly Observation[];
  readonly view: number | null;
  readonly primary: Observation | null;
}

export function situationOf(facts: ExplainFacts, replicas: readonly Observation[], trace: TraceFacts): Situation {
  const honest = replicas.filter((replica) => isHonest(replica) && replica.status !== null);
  const voters = replicas.filter(votes);
  const view = currentView(replicas);
  return {
    facts,
    replicas,
    trace,
    words: protocolNamed(facts.protocol).words,
    slotWords: SLOT_WORDS[facts.protocol],
    sections: SECTIONS[facts.protocol],
    heard: honest.length > 0 ? honest : replicas.filter(({ answers, status }) => answers && status !== null),
    voters,
    core: voters.length < facts.quorum ? [] : coreOf(voters, facts.quorum),
    view,
    primary: currentPrimary(replicas) ?? ownerOf(facts, replicas, view),
  };
}

/** In PBFT and Multi-Paxos a view or ballot names who leads it; in Raft nobody does before the election. */
function ownerOf(
  { protocol, replicas: n }: ExplainFacts,
  replicas: readonly Observation[],
  view: number | null,
): Observation | null {
  return view === null || protocol === "raft" ? null : (replicas[view % n] ?? null);
}

/** What a replica last said of a number, or null. */
export function slotOf({ status, answers }: Observation, seq: number): SlotStatus | null {
  return (answers ? status?.machine.slots.find((slot) => slot.seq === seq) : undefined) ?? null;
}

export function executedTo({ status, answers }: Observation): number {
  return answers ? (status?.machine.lastExecuted ?? 0) : 0;
}

/** Whether nothing that `from` sends to `to` arrives, by what was done to the link. */
export function isCut(from: Observation, to: Observation): boolean {
  const fault = from.status?.links.find(({ replica }) => replica === to.id)?.fault ?? null;
  return fault !== null && (fault.cut || fault.drop === 1);
}
