import { timeSpan } from "../view/numbers.js";
import { trustsLeader, wordsOf } from "../view/protocol-words.js";
import { replicasNamed } from "../view/text.js";
import { type ClusterModel, isHonest, type Observation, votes } from "../watch/model.js";
import { coreOf } from "../watch/reach.js";
import { type CheckLine, line, orUnknown } from "./check-report.js";

/** What a look at the running replicas says of liveness: that it holds, that it can not be told, or what is still missing. */
export type LiveState =
  | { readonly kind: "holds"; readonly looked: string }
  | { readonly kind: "unknown"; readonly looked: string; readonly why: string }
  | { readonly kind: "not-yet"; readonly looked: string; readonly why: string; readonly replicas: readonly number[] };

/**
 * Whether a quorum of honest replicas in touch is in one view, led where nothing goes without a leader, and what was handed in when it was looked at `first` is
 * executed by `now`, or execution goes on.
 */
export function livenessOf(first: ClusterModel, now: ClusterModel): LiveState {
  const { quorum, protocol } = now.facts;
  const all = now.replicas.length;
  const voters = now.replicas.filter(votes);
  if (voters.length < quorum) {
    const looked = `${voters.length} of ${all} replicas take part`;
    return { kind: "unknown", looked, why: `${quorum} are needed before anything is promised; see: bft status` };
  }
  const core = coreOf(voters, quorum);
  const faulty = core.some(({ status }) => status?.links.some(({ fault }) => fault !== null));
  const looked = `${core.length} of ${all} replicas take part`;
  if (core.length === 0 || (faulty && waitingIn(core, first).length > 0))
    return {
      kind: "unknown",
      looked: `${voters.length} of ${all} replicas are up`,
      why: "links are faulty; undo it with: bft heal",
    };
  const views = inOneView(core);
  if (views.length < quorum) {
    const why = `no ${quorum} of ${replicasNamed(ids(core))} are in one ${wordsOf(protocol).view}`;
    return { kind: "not-yet", looked, why, replicas: ids(core) };
  }
  if (trustsLeader(protocol) && !views.some(({ status }) => status?.machine.isPrimary)) {
    const why = `nobody leads ${wordsOf(protocol).view} ${views[0]?.status?.machine.view}`;
    return { kind: "not-yet", looked, why, replicas: ids(core) };
  }
  const stuck = waitingIn(core, first);
  if (stuck.length > 0) {
    const why = `requests wait at ${replicasNamed(ids(stuck))}, and nothing is executed`;
    return { kind: "not-yet", looked, why, replicas: ids(stuck) };
  }
  return {
    kind: "holds",
    looked: `${looked}, ${views.length} in ${wordsOf(protocol).view} ${views[0]?.status?.machine.view}, nothing is stuck`,
  };
}

/** The line of what came out after `waitedMs`. */
export function livenessLine(state: LiveState, waitedMs: number): CheckLine {
  const checked = line("liveness", state.looked);
  switch (state.kind) {
    case "holds":
      return checked;
    case "unknown":
      return orUnknown(checked, state.why);
    case "not-yet":
      return { ...checked, verdict: "violated", why: `for ${timeSpan(waitedMs)} ${state.why}`, replicas: state.replicas };
  }
}

/** Replicas at the same checkpoint have the same state (§4.3). */
export function stateLine({ replicas }: ClusterModel, liars: readonly number[]): CheckLine {
  const judged = replicas.filter((replica) => isHonest(replica) && !liars.includes(replica.id));
  const seen = new Map<number, { readonly digest: string; readonly replica: number }>();
  const checked = line("state", `the last checkpoints of ${judged.length === 0 ? "no replica" : replicasNamed(ids(judged))}`);
  for (const { id, status } of judged) {
    if (status === null) continue;
    const { seq, stateDigest } = status.machine.checkpoint;
    const other = seen.get(seq);
    if (other === undefined) seen.set(seq, { digest: stateDigest, replica: id });
    else if (other.digest !== stateDigest) {
      const why = `replicas ${other.replica} and ${id} have different states after sequence number ${seq}`;
      return { ...checked, verdict: "violated", why, replicas: [other.replica, id], seq };
    }
  }
  return orUnknown(checked, judged.length > 1 ? null : "there are no two replicas that can be asked and compared");
}

/** The largest group of replicas that are in one view and do not leave it. */
function inOneView(core: readonly Observation[]): readonly Observation[] {
  const settled = core.filter(({ status }) => status?.machine.viewChange === null);
  const groups = settled.map(({ status }) => settled.filter((other) => other.status?.machine.view === status?.machine.view));
  return groups.reduce((a, b) => (b.length > a.length ? b : a), []);
}

/** Those of `core` at which something waits that waited before, while they executed nothing. */
function waitingIn(core: readonly Observation[], first: ClusterModel): readonly Observation[] {
  return core.filter(({ id, status }) => {
    const before = first.replicas[id]?.status?.machine ?? null;
    if (status === null || status.machine.queued === 0) return false;
    return before === null || status.machine.lastExecuted <= before.lastExecuted;
  });
}

function ids(replicas: readonly Observation[]): readonly number[] {
  return replicas.map(({ id }) => id);
}
