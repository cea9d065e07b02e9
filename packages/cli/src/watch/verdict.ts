import { timeSpan } from "../view/numbers.js";
import { counted, listed, replicasNamed } from "../view/text.js";
import { type ClusterModel, isHonest, isLying, type Observation } from "./model.js";
import { divergence } from "./slots.js";

/**
 * What the cluster is worth to a client right now:
 * agrees: all replicas are up and honest. serves: some are not, but a quorum of honest ones is.
 * waits: it can serve, but does not at this moment. stalled: no quorum of honest replicas is up.
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
  if (lying > facts.faults) {
    const why = `with f = ${facts.faults} only ${counted(facts.faults, "liar")} can be survived`;
    return { ...common, kind: "beyond", serves: false, headline: `BEYOND f: ${lying} of ${replicas.length} lie`, why };
  }
  const honest = replicas.filter(isHonest).length;
  if (honest < facts.quorum) return { ...common, kind: "stalled", serves: false, ...stalled(model, honest, up) };
  const waits = waiting(model);
  if (waits) return { ...common, kind: "waits", serves: false, ...waits };
  if (honest === replicas.length)
    return { ...common, kind: "agrees", serves: true, headline: `AGREES · ${up}/${replicas.length} up`, why: null };
  return {
    ...common,
    kind: "serves",
    serves: true,
    headline: `SERVES with ${honest} of ${replicas.length}`,
    why: missing(replicas),
  };
}

function stalled(model: ClusterModel, honest: number, up: number): { headline: string; why: string } {
  const { replicas, facts } = model;
  const headline =
    honest === up
      ? `STALLED: ${up} of ${replicas.length} up, quorum ${facts.quorum}`
      : `STALLED: ${honest} honest of ${replicas.length}, quorum ${facts.quorum}`;
  const down = replicas.find((replica) => replica.process === "down");
  if (down) return { headline, why: `bring one back with: bft restart ${down.id}` };
  const paused = replicas.find((replica) => replica.process === "paused");
  if (paused) return { headline, why: `wake one with: bft resume ${paused.id}` };
  const liar = replicas.find(isLying);
  if (liar) return { headline, why: `make one honest with: bft byzantine ${liar.id} --off` };
  return { headline, why: `${replicasNamed(replicas.filter((replica) => !replica.answers).map(({ id }) => id))} did not answer` };
}

/** Why a quorum of honest replicas does not serve right now, or null when it does. */
function waiting({ replicas, facts, waitingSinceMs, nowMs }: ClusterModel): { headline: string; why: string } | null {
  const honest = replicas.filter(isHonest);
  const changing = honest.filter((replica) => replica.status?.machine.viewChange);
  if (honest.length - changing.length < facts.quorum) {
    const wanted = Math.max(...changing.map((replica) => replica.status?.machine.viewChange?.view ?? 0));
    const votes = Math.max(...changing.map((replica) => replica.status?.machine.viewChange?.votes.length ?? 0));
    return { headline: `CHANGES to view ${wanted}`, why: `${votes} of ${facts.quorum} ask for it` };
  }
  const primary = currentPrimary(replicas);
  if (primary && !primary.answers) {
    return {
      headline: `WAITS: primary ${primary.id} is ${primary.process === "running" ? "silent" : primary.process}`,
      why: "the next request makes the backups ask for a new view",
    };
  }
  const waitedMs = waitingSinceMs === null ? 0 : nowMs - waitingSinceMs;
  if (waitedMs < WAITING_MS) return null;
  const queued = Math.max(...honest.map((replica) => replica.status?.machine.queued ?? 0));
  return { headline: `WAITS for ${timeSpan(waitedMs)}`, why: `${counted(queued, "request")} not executed` };
}

/** The view of most honest replicas. */
export function currentView(replicas: readonly Observation[]): number | null {
  const counts = new Map<number, number>();
  for (const { status } of replicas.filter(isHonest))
    if (status) counts.set(status.machine.view, (counts.get(status.machine.view) ?? 0) + 1);
  const ranked = [...counts].sort(([viewA, a], [viewB, b]) => b - a || viewB - viewA);
  return ranked[0]?.[0] ?? null;
}

export function currentPrimary(replicas: readonly Observation[]): Observation | null {
  const view = currentView(replicas);
  const knows = replicas.find((replica) => isHonest(replica) && replica.status?.machine.view === view);
  return knows?.status ? (replicas[knows.status.machine.primary] ?? null) : null;
}

function missing(replicas: readonly Observation[]): string {
  const named = (word: string, which: readonly Observation[]) =>
    which.length === 0 ? [] : [`${replicasNamed(which.map(({ id }) => id))} ${word}`];
  const silent = replicas.filter((replica) => !replica.answers);
  return listed([
    ...named(
      "down",
      silent.filter((replica) => replica.process === "down"),
    ),
    ...named(
      "paused",
      silent.filter((replica) => replica.process === "paused"),
    ),
    ...named(
      "silent",
      silent.filter((replica) => replica.process === "running"),
    ),
    ...named("lying", replicas.filter(isLying)),
  ]);
}
