import type { ReplicaId, SeqNum } from "../ids.js";
import type { Signed } from "../machine.js";
import type { PaxosDropReason } from "./drop-reason.js";
import type { Proposal } from "./instances.js";
import type { Chosen, Fetch, FetchSnapshot } from "./messages.js";
import { due } from "./pace.js";
import { sendSnapshot } from "./snapshot.js";
import type { CatchUp, PaxosState } from "./state.js";
import { acceptableValue } from "./values.js";

/** Instances and bytes that one question is answered with at the most. */
const ANSWER_INSTANCES_MAX = 128;
const ANSWER_BYTES_MAX = 4 << 20;
/** Ticks after which a silent source of a snapshot is given up. */
const PATIENCE = 17;

/** Up to where another replica is known to have executed. */
function target(r: PaxosState): number {
  return Math.max(0, ...r.heardOf.values());
}

/**
 * A learner that lacks what others have executed, and got no further by itself for a tick, asks one of them after the other: the
 * leader first (§2.3: "a learner may not find out that a value was chosen"). We differ: the paper lets a proposer propose once more to
 * find out; whoever knows the value simply sends it.
 */
export function driveCatchUp(r: PaxosState): void {
  if (target(r) <= r.lastExecuted) return;
  const mark = `${r.lastExecuted} ${r.transfer?.next ?? 0}`;
  r.catchUp ??= { asked: new Set(), source: r.self, upTo: r.lastExecuted, waited: 0, mark };
  const { catchUp } = r;
  catchUp.waited = mark === catchUp.mark ? catchUp.waited + 1 : 1;
  catchUp.mark = mark;
  if (!due(catchUp.waited)) return;
  if (catchUp.waited >= PATIENCE) r.transfer = null;
  ask(r, catchUp);
}

/** At the end of a step: asks on when a question was answered in full, and stops when nothing is lacking any more. */
export function continueCatchUp(r: PaxosState): void {
  if (r.catchUp === null) return;
  if (target(r) <= r.lastExecuted) {
    r.catchUp = null;
    r.transfer = null;
  } else if (r.transfer === null && r.lastExecuted >= r.catchUp.upTo && r.catchUp.asked.size > 0) {
    askFrom(r, r.catchUp, r.catchUp.source);
  }
}

function ask(r: PaxosState, catchUp: CatchUp): void {
  const { transfer } = r;
  if (transfer !== null)
    return r.send(transfer.source, r.sign<FetchSnapshot>({ kind: "fetch-snapshot", seq: transfer.seq, part: transfer.next }));
  const sources = [...r.heardOf].filter(([, executed]) => executed > r.lastExecuted).map(([id]) => id);
  const first = catchUp.asked.size === 0 ? sources.find((id) => id === r.leader) : undefined;
  sources.sort((a, b) => a - b);
  const next = first ?? sources.find((id) => id > catchUp.source) ?? sources[0];
  if (next !== undefined) askFrom(r, catchUp, next);
}

function askFrom(r: PaxosState, catchUp: CatchUp, source: ReplicaId): void {
  catchUp.source = source;
  catchUp.asked.add(source);
  catchUp.upTo = (r.lastExecuted + ANSWER_INSTANCES_MAX) as SeqNum;
  r.send(source, r.sign<Fetch>({ kind: "fetch", from: r.nextToExecute }));
}

/** Answers with chosen values as far as they are kept, or else with the snapshot. */
export function onFetch(r: PaxosState, from: ReplicaId, { message }: Signed<Fetch>): PaxosDropReason | null {
  if (message.from > r.lastExecuted) return "nothing-to-tell";
  // Before the first snapshot everything is kept.
  if (message.from <= r.low && r.low > 0) {
    sendSnapshot(r, from, 0 as SeqNum, 0);
    return null;
  }
  r.cursors.delete(from);
  r.fetching.set(from, { from: message.from, tick: r.tick });
  const answer = chosenFrom(r, message.from);
  for (const [index, { seq, chosen }] of answer.entries()) {
    const { ballot, value } = chosen;
    const last = index === answer.length - 1;
    r.send(from, r.sign<Chosen>({ kind: "chosen", seq, ballot, digest: value.digest, last }, value.bytes));
  }
  return null;
}

/** What is known to be chosen from an instance on, without gaps, as much as one answer holds. */
function chosenFrom(r: PaxosState, from: SeqNum): readonly { readonly seq: SeqNum; readonly chosen: Proposal }[] {
  const found: { seq: SeqNum; chosen: Proposal }[] = [];
  let bytes = 0;
  for (let seq = from; found.length < ANSWER_INSTANCES_MAX; seq = (seq + 1) as SeqNum) {
    const chosen = r.instances.peek(seq)?.chosen ?? null;
    if (chosen === null || bytes > ANSWER_BYTES_MAX) break;
    bytes += chosen.value.bytes.length;
    found.push({ seq, chosen });
  }
  return found;
}

export function reasonToDropChosen(r: PaxosState, from: ReplicaId, { seq }: Chosen): PaxosDropReason | null {
  if (seq <= r.lastExecuted) return "already-executed";
  if (r.catchUp === null || !r.catchUp.asked.has(from)) return "not-asked-for";
  return seq > r.high ? "above-window" : null;
}

/** What was chosen elsewhere. In this model replicas believe one another. */
export function onChosen(r: PaxosState, { message, attachment }: Signed<Chosen>): PaxosDropReason | null {
  const { seq, ballot, digest, last } = message;
  const known = r.instances.peek(seq)?.chosen ?? null;
  if (known !== null) return known.value.digest === digest ? "duplicate" : "contradicts-chosen";
  const value = acceptableValue(r, digest, attachment);
  if (typeof value === "string") return value;
  r.instances.at(seq).chosen = { ballot, value };
  // What comes after the end of the answer is asked for as soon as that is executed.
  if (last && r.catchUp !== null) r.catchUp.upTo = seq;
  return null;
}
