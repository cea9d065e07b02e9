import type { PhaseWords, SlotStatus } from "@bft/core";
import { glyphs } from "../../view/glyphs.js";
import { type Line, span, type Tone } from "../../view/line.js";
import { wordsOf } from "../../view/protocol-words.js";
import { counted, fit, printable, replicasNamed } from "../../view/text.js";
import { firstOperation } from "../../watch/feed.js";
import type { ClusterModel, Observation } from "../../watch/model.js";
import { type SlotView, slotView } from "../../watch/slots.js";
import { fieldLine, lights } from "./parts.js";

/** Requests that are named; a batch may hold hundreds. */
const NAMES_MAX = 5;
const DIGEST_SHOWN = 8;

/** All that is known of one slot in at most `rows` rows, the most important first. */
export function slotDetail(cluster: ClusterModel, seq: number, rows: number): Line[] {
  const view = slotView(cluster.replicas, seq);
  if (view === null) return forgottenLines(cluster, seq).slice(0, rows);
  const summary = [headLine(view, cluster), ...batchLines(view, cluster), ...voteLines(view, cluster), ...troubleLines(view)];
  const each: Line[] = [[], ...cluster.replicas.map((replica) => replicaLine(replica, view, cluster))];
  return [...summary, ...(summary.length + each.length <= rows ? each : [])].slice(0, rows);
}

/** It is only known who has executed it: the checkpoint that put it away says so. */
function forgottenLines({ replicas }: ClusterModel, seq: number): Line[] {
  const executed = replicas.filter(({ answers, status }) => answers && (status?.machine.lastExecuted ?? 0) >= seq);
  const who = executed.length === 0 ? "nobody has executed it yet" : `executed by ${replicasNamed(executed.map(({ id }) => id))}`;
  return [fieldLine(`slot ${seq}`, [span(who), span("; its votes were not seen", "dim")])];
}

function headLine({ seq, slot, primary }: SlotView, { facts }: ClusterModel): Line {
  const words = wordsOf(facts.protocol);
  const by = primary === null ? "" : `, proposed by replica ${primary}`;
  const [said, tone] = standing(slot, facts.protocol);
  return fieldLine(`slot ${seq}`, [span(said, tone), span(` in ${words.view} ${slot.view}${by}`)]);
}

/** How far a slot is, in the protocol's words. */
function standing(slot: SlotStatus, protocol: string): readonly [string, Tone] {
  const named = (shows: PhaseWords["shows"], otherwise: string) =>
    wordsOf(protocol).phases.find((phase) => phase.shows === shows)?.name ?? otherwise;
  if (slot.executed) return ["executed", "good"];
  if (slot.committed) return ["committed", "primary"];
  if (slot.prepared && slot.prepares.length > 0) return ["prepared", "warn"];
  return slot.prePrepared ? [`${named("prePrepared", "proposed")} accepted`, "warn"] : ["not proposed here", "dim"];
}

function batchLines({ seq, slot }: SlotView, { feed, facts }: ClusterModel): Line[] {
  const digest = slot.digest === null ? "" : `, digest ${printable(slot.digest.slice(0, DIGEST_SHOWN))}`;
  if (slot.requests === 0)
    return slot.prePrepared ? [fieldLine("batch", [span(`${wordsOf(facts.protocol).noOp}${digest}`, "dim")])] : [];
  const told = firstOperation(feed, seq);
  const more = slot.operations > 1 ? ` and ${slot.operations - 1} more` : "";
  const what = told === null ? "" : `: ${printable(told)}${more}`;
  const names = slot.contains.slice(0, NAMES_MAX).map(({ client, timestamp }) => `client ${client} at ${timestamp}`);
  const rest = slot.requests > names.length ? `, and ${slot.requests - names.length} more` : "";
  return [
    fieldLine("batch", [
      span(`${counted(slot.requests, "request")}, ${counted(slot.operations, "operation")}`),
      span(digest, "dim"),
      span(what),
    ]),
    ...(names.length === 0 ? [] : [fieldLine("requests", [span(names.join(", ") + rest, "dim")])]),
  ];
}

function voteLines({ slot, primary, executedBy }: SlotView, { facts, replicas }: ClusterModel): Line[] {
  const row = (label: string, ids: readonly number[], holds: boolean, needed: number) => {
    const tone: Tone = holds ? "good" : ids.length > 0 ? "warn" : "dim";
    return fieldLine(label, [...lights(ids, replicas.length, primary, tone), span(` ${ids.length} of ${needed}`, tone)]);
  };
  const votes = wordsOf(facts.protocol).phases.flatMap(({ name, shows }): Line[] => {
    if (shows === "prepares") return [row(name, slot.prepares, slot.prepared, facts.quorum)];
    return shows === "commits" ? [row(name, slot.commits, slot.committed, facts.quorum)] : [];
  });
  return [...votes, row("executed", executedBy, executedBy.length >= facts.quorum, replicas.length)];
}

function troubleLines({ split, slot }: SlotView): Line[] {
  const held = split.map(({ digest, replicas }) => `${printable(digest.slice(0, DIGEST_SHOWN))} at ${replicasNamed(replicas)}`);
  return [
    ...(split.length === 0 ? [] : [fieldLine("split!", [span(`different batches: ${held.join("; ")}`, "lying")])]),
    ...(slot.contrary.length === 0
      ? []
      : [
          fieldLine("contrary", [
            span(`${glyphs.lying} ${replicasNamed(slot.contrary)} voted for another batch`, "lying"),
            span("; lies, or was lied to", "dim"),
          ]),
        ]),
  ];
}

/** What one replica has of it. */
function replicaLine(replica: Observation, { seq, primary }: SlotView, { facts, replicas }: ClusterModel): Line {
  const slot = replica.slots.find((each) => each.seq === seq);
  const label = `replica ${replica.id}`;
  if (slot === undefined) {
    const executed = replica.answers && (replica.status?.machine.lastExecuted ?? 0) >= seq;
    return fieldLine(label, [span(executed ? "executed" : "–", executed ? "good" : "dim")]);
  }
  // What was remembered of it may be older than what the replica has executed since.
  const now = { ...slot, executed: slot.executed || (replica.status?.machine.lastExecuted ?? 0) >= seq };
  const [said, tone] = standing(now, facts.protocol);
  const votes = wordsOf(facts.protocol).phases.flatMap(({ name, shows }): Line => {
    if (shows === "prePrepared") return [];
    const ids = shows === "prepares" ? slot.prepares : slot.commits;
    return [span(`  ${name} `, "dim"), ...lights(ids, replicas.length, primary, ids.length >= facts.quorum ? "good" : "warn")];
  });
  const digest = slot.digest === null ? "" : `  ${printable(slot.digest.slice(0, DIGEST_SHOWN))}`;
  return fieldLine(label, [span(fit(said, 20), tone), ...votes, span(digest, "dim")]);
}
