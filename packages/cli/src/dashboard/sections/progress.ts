import { glyphs } from "../../view/glyphs.js";
import { type Line, span, type Tone } from "../../view/line.js";
import { timeSpan } from "../../view/numbers.js";
import { trustsLeader, wordsOf } from "../../view/protocol-words.js";
import { counted, replicasNamed } from "../../view/text.js";
import { convictionsOf } from "../../watch/convicted.js";
import type { ClusterModel, Observation } from "../../watch/model.js";
import { currentPrimary, currentView } from "../../watch/verdict.js";
import { nextDoubt, type ViewChange, viewChangeOf } from "../../watch/view-change.js";
import { bar, fieldLine, lights } from "./parts.js";

/** What is on its way in the cluster and what is out of the ordinary, a row or two each; none in a calm cluster. */
export function progressLines(cluster: ClusterModel): Line[] {
  return [...viewChangeLines(cluster), ...cluster.replicas.flatMap(transferLines), ...convictionLines(cluster)];
}

/** The view change that is on, or when one begins if nothing changes. */
export function viewChangeLines(cluster: ClusterModel): Line[] {
  const change = viewChangeOf(cluster);
  if (change === null) return doubtLines(cluster);
  const { facts, replicas, changingSinceMs, nowMs } = cluster;
  const words = wordsOf(facts.protocol);
  if (!trustsLeader(facts.protocol) && change.entered.length > 0) return [lateLine(change)];
  const enough = change.wanting.length >= facts.quorum;
  const tone: Tone = enough ? "good" : "warn";
  const who = change.primary === null ? "" : `, ${words.primary} ${change.primary}`;
  const does = trustsLeader(facts.protocol) ? "vote for it" : "ask for it";
  const since = changingSinceMs === null ? "" : `, for ${timeSpan(Math.max(0, nowMs - changingSinceMs))}`;
  const next = nextSteps(cluster, change);
  return [
    fieldLine(words.viewChange, [
      span(`to ${words.view} ${change.view}`, "strong"),
      span(`${who}: `),
      ...lights(change.wanting, replicas.length, change.primary, tone),
      span(` ${change.wanting.length} of ${facts.quorum} ${does}`, tone),
      span(since, "dim"),
    ]),
    ...(next === "" ? [] : [fieldLine("", [span(next, "dim")])]),
  ];
}

/** Most have changed the view; these have not heard of it yet. */
function lateLine({ view, wanting, entered }: ViewChange): Line {
  const late = `${replicasNamed(wanting)} still ${wanting.length === 1 ? "asks" : "ask"}`;
  const isIn = `${replicasNamed(entered)} ${entered.length === 1 ? "is" : "are"} in it`;
  return fieldLine("view change", [span(`to view ${view}`, "strong"), span(`: ${isIn}, `), span(late, "warn")]);
}

/** What is waited for, what the first timer does when it fires, and who wants something else. */
function nextSteps({ facts, nowMs }: ClusterModel, { timer, view, wanting, primary, others }: ViewChange): string {
  const words = wordsOf(facts.protocol);
  const later = facts.protocol === "multipaxos" ? `a later ${words.view}` : `${words.view} ${view + 1}`;
  const otherwise = timer === null ? [] : [`else ${later} ${dueIn(timer.dueAtMs - nowMs)}`];
  const elsewhere = others.map((other) => `replica ${other.replica} asks for ${other.view}`);
  const missing = facts.quorum - wanting.length;
  if (trustsLeader(facts.protocol) || primary === null) return [...otherwise, ...elsewhere].join("; ");
  const awaits =
    missing > 0 ? `${missing} more, and replica ${primary} sends the new-view` : `awaits the new-view of replica ${primary}`;
  return [awaits, ...otherwise, ...elsewhere].join("; ");
}

/** A request that waits, or a leader that is gone, is worth a word before the patience of the others ends. */
const DOUBT_MS = 700;

function doubtLines({ facts, replicas, waitingSinceMs, nowMs }: ClusterModel): Line[] {
  const timer = nextDoubt(replicas);
  if (timer === null) return [];
  const words = wordsOf(facts.protocol);
  const dueMs = timer.dueAtMs - nowMs;
  if (trustsLeader(facts.protocol)) {
    if (currentPrimary(replicas)?.answers) return [];
    return [fieldLine(words.viewChange, [span(`replica ${timer.replica} stands for ${words.primary} ${dueIn(dueMs)}`, "warn")])];
  }
  if (waitingSinceMs === null || nowMs - waitingSinceMs < DOUBT_MS) return [];
  const view = (currentView(replicas) ?? 0) + 1;
  const text = `replica ${timer.replica} asks for view ${view} ${dueIn(dueMs)}, unless its request is executed`;
  return [fieldLine(words.viewChange, [span(text, "warn")])];
}

/** `in 1.8 s`, `in under 1 s`: shorter times change faster than one can read. */
export function dueIn(ms: number): string {
  return ms < 1000 ? "in under 1 s" : `in ${timeSpan(ms)}`;
}

function transferLines({ id, status, answers }: Observation): Line[] {
  if (status === null || !answers || status.machine.transfer === null) return [];
  return [fieldLine("transfer", [span(`replica ${id} `), ...transferred(status.machine.transfer, status.protocol)])];
}

/** `to 128: ━━━━──── 12 of 40 parts`. */
export function transferred(
  { seq, fetched, missing }: { seq: number; fetched: number; missing: number },
  protocol: string,
): Line {
  const at = span(`to ${seq}: `, "strong");
  // In Multi-Paxos one part is asked for after the other, and only the last one says that it is.
  if (protocol === "multipaxos") return [at, span(`${counted(fetched, "part")} so far`, "warn")];
  return [at, ...bar(fetched, fetched + missing, 16, "warn"), span(` ${fetched} of ${fetched + missing} parts`)];
}

function convictionLines({ replicas }: ClusterModel): Line[] {
  return [...convictionsOf(replicas)].map(([accused, by]) =>
    fieldLine("convicted", [
      span(`${glyphs.convicted} replica ${accused}`, "lying"),
      span(`, by ${by.length === 1 ? "a proof" : "proofs"} of ${replicasNamed(by)}`),
      span("; see: bft evidence", "dim"),
    ]),
  );
}
