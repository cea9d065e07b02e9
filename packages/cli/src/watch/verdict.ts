import { timeSpan } from "../view/numbers.js";
import { titleOf, trustsLeader, wordsOf } from "../view/protocol-words.js";
import { counted, listed, replicasNamed } from "../view/text.js";
import { type ClusterModel, hasLostVote, isHonest, isLying, type Observation, votes } from "./model.js";
import { coreOf } from "./reach.js";
import { divergence } from "./slots.js";

/**
 * What the cluster is worth to a client right now:
 * agrees: all replicas are up and honest. serves: some are not, but a quorum of honest ones is.
 * waits: it can serve, but does not at this moment. stalled: no quorum of honest replicas is up and in touch.
 * beyond: more liars than f, nothing is promised. diverged: honest replicas executed different things.
 */
export type VerdictKind = "agrees" | "serves" | "waits" | "stalled" | "beyond" | "diverged";

export interface Verdict {
  readonly kind: VerdictKind;
  /** Whether a request sent now is expected to be answered. */
  readonly serves: boolean;
  /** Replicas that answer, liars included. */
  readonly up: number;
  readonly of: number;
  readonly quorum: number;
  /** A few words: `AGREES · 4/4 up`. */
  readonly headline: string;
  /** The reason or the next step in one sentence, or null. */
  readonly why: string | null;
}

/** Requests that wait for longer than this are worth a word. */
const WAITING_MS = 3000;

export function verdictOf(model: ClusterModel): Verdict {
  const { replicas, facts } = model;
  const up = replicas.filter((replica) => replica.answers).length;
  const common = { up, of: replicas.length, quorum: facts.quorum };
  const diverged = divergence(replicas);
  if (diverged) {
    const why = `replicas ${diverged.replicas[0]} and ${diverged.replicas[1]} executed different batches`;
    return { ...common, kind: "diverged", serves: false, headline: `DIVERGED at ${diverged.seq}`, why };
  }
  const lying = replicas.filter(isLying).length;
  if (lying > 0 && trustsLeader(facts.protocol)) {
    const headline = `BEYOND THE MODEL: ${lying} of ${replicas.length} ${lying === 1 ? "lies" : "lie"}`;
    const why = `${titleOf(facts.protocol)} tolerates replicas that stop, not one that lies`;
    return { ...common, kind: "beyond", serves: false, headline, why };
  }
  if (lying > facts.faults) {
    const why = `with f = ${facts.faults} only ${counted(facts.faults, "liar")} can be survived`;
    return { ...common, kind: "beyond", serves: false, headline: `BEYOND f: ${lying} of ${replicas.length} lie`, why };
  }
  const voting = replicas.filter(votes).length;
  if (voting < facts.quorum && replicas.some(isStarting)) {
    return { ...common, kind: "waits", serves: false, headline: `STARTS: ${up} of ${replicas.length} up`, why: null };
  }
  if (voting < facts.quorum) return { ...common, kind: "stalled", serves: false, ...stalled(model, voting, up) };
  const core = coreOf(replicas.filter(votes), facts.quorum);
  if (core.length === 0) {
    const headline = `STALLED: links are cut, no ${facts.quorum} reach each other`;
    return { ...common, kind: "stalled", serves: false, headline, why: "undo it with: bft heal" };
  }
  const waits = waiting(model, core);
  if (waits) return { ...common, kind: "waits", ...waits };
  if (core.length === replicas.length)
    return { ...common, kind: "agrees", serves: true, headline: `AGREES · ${up}/${replicas.length} up`, why: null };
  return {
    ...common,
    kind: "serves",
    serves: true,
    headline: `SERVES with ${core.length} of ${replicas.length}`,
    why: missing(replicas, core),
  };
}

interface Words {
  readonly headline: string;
  readonly why: string | null;
}

function stalled({ replicas, facts }: ClusterModel, voting: number, up: number): Words {
  const of = `of ${replicas.length}`;
  const count = voting === up ? `${up} ${of} up` : replicas.some(isLying) ? `${voting} honest ${of}` : `${voting} ${of} vote`;
  const headline = `STALLED: ${count}, quorum ${facts.quorum}`;
  // Who they are is said where they are listed: this must fit into 80 columns.
  if (replicas.length - replicas.filter(hasLostVote).length < facts.quorum)
    return { headline, why: "disks are lost; start anew: bft up --fresh" };
  const down = replicas.find((replica) => replica.process === "down");
  if (down) return { headline, why: `bring one back with: bft restart ${down.id}` };
  const paused = replicas.find((replica) => replica.process === "paused");
  if (paused) return { headline, why: `wake one with: bft resume ${paused.id}` };
  const liar = replicas.find(isLying);
  if (liar) return { headline, why: `make one honest with: bft byzantine ${liar.id} --off` };
  return { headline, why: missing(replicas, replicas) };
}

/** Why a quorum of honest replicas does not serve at this moment, or null when it does. */
function waiting(
  { replicas, facts, waitingSinceMs, nowMs }: ClusterModel,
  core: readonly Observation[],
): (Words & { readonly serves: boolean }) | null {
  const words = wordsOf(facts.protocol);
  const changing = core.filter((replica) => replica.status?.machine.viewChange);
  if (core.length - changing.length < facts.quorum) {
    const wanted = Math.max(...changing.map((replica) => replica.status?.machine.viewChange?.view ?? 0));
    const asking = Math.max(...changing.map((replica) => replica.status?.machine.viewChange?.votes.length ?? 0));
    const why = trustsLeader(facts.protocol)
      ? `${asking} of ${facts.quorum} votes for a ${words.primary}`
      : `${asking} of ${facts.quorum} ask for it`;
    return { serves: true, headline: `CHANGES to ${words.view} ${wanted}`, why };
  }
  const primary = currentPrimary(replicas);
  if (primary === null) {
    const why = `nobody leads ${words.view} ${currentView(replicas)} yet; a request waits until somebody does`;
    return { serves: true, headline: `WAITS for a ${words.primary}`, why };
  }
  const isCutOff = votes(primary) && !core.includes(primary);
  if (!primary.answers || isCutOff) {
    const how = isCutOff ? "cut off" : primary.process === "running" ? "silent" : primary.process;
    const headline = `WAITS: ${words.primary} ${primary.id} is ${how}`;
    const why = trustsLeader(facts.protocol)
      ? `the others elect another ${words.primary} when they have not heard of it for a while`
      : "the next request makes the backups ask for a new view";
    return { serves: true, headline, why };
  }
  const waitedMs = waitingSinceMs === null ? 0 : nowMs - waitingSinceMs;
  if (waitedMs < WAITING_MS) return null;
  const queued = Math.max(...core.map((replica) => replica.status?.machine.queued ?? 0));
  return { serves: false, headline: `WAITS for ${timeSpan(waitedMs)}`, why: `${counted(queued, "request")} not executed` };
}

function isStarting(replica: Observation): boolean {
  return replica.process === "unknown" || (replica.process === "running" && replica.status === null);
}

/** The view of most honest replicas. */
export function currentView(replicas: readonly Observation[]): number | null {
  const counts = new Map<number, number>();
  for (const { status } of replicas.filter(isHonest))
    if (status) counts.set(status.machine.view, (counts.get(status.machine.view) ?? 0) + 1);
  const ranked = [...counts].sort(([viewA, a], [viewB, b]) => b - a || viewB - viewA);
  return ranked[0]?.[0] ?? null;
}

/** Who leads in that view, as honest replicas in it know; null when none of them knows. */
export function currentPrimary(replicas: readonly Observation[]): Observation | null {
  const view = currentView(replicas);
  const leaders = replicas.flatMap((replica) => {
    const machine = isHonest(replica) ? replica.status?.machine : undefined;
    return machine?.view === view ? (machine?.primary ?? []) : [];
  });
  return replicas[leaders[0] ?? -1] ?? null;
}

/** `replica 3 down and replicas 1 and 2 lying`: who does not take part, and why. */
function missing(replicas: readonly Observation[], core: readonly Observation[]): string {
  const reasons: readonly (readonly [string, (replica: Observation) => boolean])[] = [
    ["down", (replica) => replica.process === "down"],
    ["paused", (replica) => replica.process === "paused"],
    ["silent", (replica) => replica.process === "running" && !replica.answers],
    ["lying", isLying],
    ["abstaining for good", (replica) => isHonest(replica) && hasLostVote(replica)],
    ["abstaining", (replica) => isHonest(replica) && !votes(replica) && !hasLostVote(replica)],
    ["cut off", (replica) => votes(replica) && !core.includes(replica)],
  ];
  const named = reasons.map(([word, is]) => ({ word, ids: replicas.filter(is).map(({ id }) => id) }));
  return listed(named.filter(({ ids }) => ids.length > 0).map(({ word, ids }) => `${replicasNamed(ids)} ${word}`));
}
