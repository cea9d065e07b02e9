import type { ProtocolName, SlotStatus } from "@bft/core";
import { stateOf } from "../../view/replica-cells.js";
import { printable } from "../../view/text.js";
import { isLying, type Observation } from "../../watch/model.js";
import type { VoteKind } from "./absence.js";
import type { Phase, Standing } from "./explanation.js";
import { executedTo, type Situation, slotOf } from "./situation.js";
import { type Subject, sameRequest } from "./subject.js";

/** What each replica says of the subject. @param seq its number, or null while it has none */
export function standingsOf(s: Situation, subject: Subject, seq: number | null): readonly Standing[] {
  return s.replicas.map((replica) => standingOf(s, replica, subject, seq));
}

function standingOf(s: Situation, replica: Observation, subject: Subject, seq: number | null): Standing {
  const slot = seq === null ? null : slotOf(replica, seq);
  const phase = phaseOf(replica, subject, seq);
  return {
    replica: replica.id,
    state: stateIn(replica),
    phase,
    view: slot?.view ?? (replica.answers ? (replica.status?.machine.view ?? null) : null),
    digest: slot?.digest ?? null,
    votes: slot === null ? null : votesAwaited(s, replica, slot, phase),
    contrary: slot?.contrary ?? [],
    note: noteOf(s, replica, phase, seq),
  };
}

function stateIn(replica: Observation): Standing["state"] {
  const state = stateOf(replica);
  const changes = replica.answers && replica.status?.machine.viewChange !== null;
  return changes && (state === "primary" || state === "backup") ? "view-change" : state;
}

/** How far a replica is, by what it says now. */
function phaseOf(replica: Observation, subject: Subject, seq: number | null): Phase {
  const machine = replica.answers ? replica.status?.machine : undefined;
  if (machine === undefined) return "unknown";
  if (seq !== null && machine.lastExecuted >= seq) return "executed";
  const slot = seq === null ? null : slotOf(replica, seq);
  if (slot?.committed) return "committed";
  if (slot?.prePrepared && slot.prepared) return "prepared";
  if (slot?.prePrepared) return "pre-prepared";
  if (subject.kind === "request" && machine.waiting.some((each) => sameRequest(each, subject))) return "requested";
  return "nothing";
}

/** The votes that come next for a replica, and whose of them it has. */
function votesAwaited({ facts }: Situation, { id, status }: Observation, slot: SlotStatus, phase: Phase): Standing["votes"] {
  const of = nextVote(facts.protocol, status?.machine.isPrimary === true, phase);
  if (of === null) return null;
  const have = of === "prepare" ? slot.prepares : slot.commits;
  const all = Array.from({ length: facts.replicas }, (_, each) => each);
  return {
    of,
    needed: facts.quorum,
    have: [...have].sort((a, b) => a - b),
    missing: all.filter((each) => !have.includes(each) && each !== id),
  };
}

/** Where a leader counts the votes, nobody else waits for any. */
function nextVote(protocol: ProtocolName, isPrimary: boolean, phase: Phase): VoteKind | null {
  if (phase !== "pre-prepared" && phase !== "prepared") return null;
  if (protocol !== "pbft") return isPrimary ? "commit" : null;
  return phase === "prepared" ? "commit" : "prepare";
}

function noteOf(s: Situation, replica: Observation, phase: Phase, seq: number | null): string {
  const machine = replica.answers ? replica.status?.machine : undefined;
  if (machine === undefined) return told(s, replica, seq);
  const { lowWaterMark, transfer, viewChange, lastExecuted, abstaining } = machine;
  const lies = replica.status?.behaviour ?? null;
  const voted = phase === "nothing" && seq !== null ? s.trace.voted.find((each) => each.replica === replica.id) : undefined;
  const parts = [
    ...(voted === undefined ? [] : [`sent its ${voted.kind} in ${s.words.view} ${voted.view}`]),
    ...(lies === null ? [] : [`lies: ${printable(lies)}`]),
    ...(phase === "executed" && seq !== null && seq <= lowWaterMark ? [`at or below h = ${lowWaterMark}`] : []),
    ...(transfer === null ? [] : [`fetches the state at ${transfer.seq}: ${transfer.fetched} here, ${transfer.missing} missing`]),
    ...(viewChange === null ? [] : [`wants ${s.words.view} ${viewChange.view}`]),
    ...(abstaining === null ? [] : ["does not vote"]),
    ...(seq !== null && phase !== "executed" && lastExecuted < seq - 1 ? [`has executed ${lastExecuted}`] : []),
  ];
  return parts.join(", ");
}

/** What the trace says of a replica that says nothing now. */
function told({ trace }: Situation, { id }: Observation, seq: number | null): string {
  if (seq === null) return "";
  if (trace.executed.some(({ replica }) => replica === id)) return "had executed it, by its trace";
  const voted = trace.voted.find(({ replica }) => replica === id);
  if (voted !== undefined) return `had sent its ${voted.kind}, by its trace`;
  const last = trace.lastExecuted.get(id);
  return last === undefined ? "" : `had executed ${last}, by its trace`;
}

/** Who answers and has executed the number, who is honest or out and has not, and whose word does not count. */
export function executors({ heard, replicas }: Situation, seq: number) {
  const has = heard.filter((replica) => executedTo(replica) >= seq);
  const others = replicas.filter((replica) => !has.includes(replica));
  return { has, hasNot: others.filter((replica) => !isLying(replica)), liars: others.filter(isLying) };
}
